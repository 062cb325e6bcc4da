import { expect, test } from "vitest";
import { stretchOf } from "./range";

test.each([
  ["bytes=0-", 1000, [0, 1000]],
  [null, 1000, [0, 1000]],
  ["bytes=10-19", 1000, [10, 20]],
  ["bytes=990-2000", 1000, [990, 1000]],
  ["bytes=-100", 1000, [900, 1000]],
  ["bytes=-2000", 1000, [0, 1000]],
  ["bytes=1000-", 1000, null],
  ["bytes=20-10", 1000, null],
  ["bytes=-", 1000, null],
  ["chunks=1-2", 1000, null],
  ["bytes=0-1,5-6", 1000, null],
] as const)("%s of %i octets", (range, size, stretch) => {
  const found = stretchOf(range, size);
  expect(found && [found.begin, found.end]).toEqual(stretch);
});

test("no answer is long, however much is asked for", () => {
  const found = stretchOf("bytes=5-", 2 ** 31);
  expect(found).toEqual({ begin: 5, end: 5 + 512 * 1024 });
});
