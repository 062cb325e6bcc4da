import { expect, it } from "vitest";
import { Output, outputOf } from "./output";

const DEFAULT = { deviceId: "default", label: "Default - Built-in" };
const BUILT_IN = { deviceId: "b", label: "Built-in" };
const HEADSET = { deviceId: "h", label: "Headset" };
const chosen = { id: "h", label: "Headset" };

it("is the chosen one while it is there, else what the system chooses", () => {
  expect(outputOf(chosen, [DEFAULT, BUILT_IN, HEADSET])).toBe("h");
  expect(outputOf(chosen, [DEFAULT, { deviceId: "new", label: "Headset" }])).toBe("new");
  expect(outputOf(chosen, [DEFAULT, BUILT_IN])).toBe("");
  expect(outputOf(null, [HEADSET])).toBe("");
});

it("tells when the headset goes, what is heard instead, and when it is back", () => {
  const output = new Output();
  expect(output.update(chosen, [])).toBeNull(); // not named yet
  expect(output.update(chosen, [DEFAULT, BUILT_IN, HEADSET])).toBeNull();
  expect(output.update(chosen, [DEFAULT, BUILT_IN])).toEqual({
    kind: "speaker",
    event: "fell_back",
    label: "Default - Built-in",
  });
  expect(output.update(chosen, [BUILT_IN])).toBeNull(); // once
  expect(output.update(chosen, [BUILT_IN, HEADSET])).toEqual({
    kind: "speaker",
    event: "came_back",
    label: "Headset",
  });
});

it("has no news of a choice, nor where none was made", () => {
  const output = new Output();
  output.update(chosen, [BUILT_IN]);
  output.forget();
  expect(output.update({ id: "b", label: "Built-in" }, [BUILT_IN])).toBeNull();
  expect(output.update(null, [BUILT_IN])).toBeNull();
});
