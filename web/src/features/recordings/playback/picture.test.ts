import { expect, test } from "vitest";
import { isOld } from "./picture";

test("a picture of another moment is none of this one", () => {
  expect(isOld(10, 10.5)).toBe(false);
  expect(isOld(10, 12.5)).toBe(true);
  expect(isOld(20, 12.5)).toBe(true); // after a jump into the gap
});

test("before the first picture nothing is known", () => {
  expect(isOld(undefined, 5)).toBe(false);
});
