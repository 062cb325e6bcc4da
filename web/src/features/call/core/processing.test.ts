import { expect, it } from "vitest";
import { constraintsOf, isDone, processingOf } from "./processing";

it("asks for every step for speech, and for none for music", () => {
  expect(new Set(Object.values(constraintsOf("speech")))).toEqual(new Set([true]));
  expect(new Set(Object.values(constraintsOf("music")))).toEqual(new Set([false]));
  expect(Object.keys(constraintsOf("music"))).toHaveLength(3);
});

it("is done once no step says otherwise", () => {
  expect(isDone("music", { echoCancellation: false, noiseSuppression: false })).toBe(true);
  expect(isDone("music", { echoCancellation: false, noiseSuppression: true })).toBe(false);
  expect(isDone("speech", { echoCancellation: true })).toBe(true);
  expect(isDone("speech", {})).toBe(true);
});

it("is speech, whatever else is kept", () => {
  expect(processingOf("music")).toBe("music");
  for (const other of [undefined, null, "MUSIC", 1, {}]) expect(processingOf(other)).toBe("speech");
});
