import { expect, test } from "vitest";
import { loudnessOf } from "./level";

test("silence is 0, full scale is 1, speech lies between", () => {
  expect(loudnessOf(new Float32Array(64))).toBe(0);
  expect(loudnessOf(new Float32Array(64).fill(1))).toBeCloseTo(1);
  expect(loudnessOf(new Float32Array(64).fill(0.03))).toBeCloseTo(0.49, 1);
});
