import { expect, test } from "vitest";
import { deviceProblem, loudness } from "./devices";

test("silence is 0, full scale is 1, speech lies between", () => {
  expect(loudness(new Float32Array(64))).toBe(0);
  expect(loudness(new Float32Array(64).fill(1))).toBeCloseTo(1);
  expect(loudness(new Float32Array(64).fill(0.03))).toBeCloseTo(0.49, 1);
});

test("each refusal of the browser has its own words", () => {
  expect(deviceProblem(new DOMException("", "NotAllowedError"))).toBe("deviceCheck.denied");
  expect(deviceProblem(new DOMException("", "SecurityError"))).toBe("deviceCheck.insecure");
  expect(deviceProblem(new Error("?"))).toBe("deviceCheck.failed");
});
