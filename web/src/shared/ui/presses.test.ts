import { expect, test } from "vitest";
import { isEcho } from "./presses";

const APPEARED = 1050;
const first = { x: 200, y: 700, at: 1000 };

test("a second tap at the same place does not hit what appeared after the first", () => {
  expect(isEcho({ x: 204, y: 698, at: 1250 }, first, APPEARED)).toBe(true);
});

test("however long the page took to show it", () => {
  expect(isEcho({ x: 204, y: 698, at: 4100 }, first, 4000)).toBe(true);
});

test("a tap elsewhere, a later one, or one on what was there before is meant", () => {
  expect(isEcho({ x: 200, y: 600, at: 1250 }, first, APPEARED)).toBe(false);
  expect(isEcho({ x: 200, y: 700, at: 2100 }, first, APPEARED)).toBe(false);
  expect(isEcho({ x: 200, y: 700, at: 1250 }, first, 900)).toBe(false);
  expect(isEcho({ x: 200, y: 700, at: 1250 }, null, APPEARED)).toBe(false);
});
