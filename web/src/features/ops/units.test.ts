import { expect, test } from "vitest";
import { formatBound, formatDelay, formatRate, roughly } from "./units";

test("delays are told in the unit that suits them, estimates with two digits", () => {
  expect([0.0000573, 0.000294, 0.00123, 0.016384].map(formatDelay)).toEqual([
    "57 µs",
    "290 µs",
    "1.2 ms",
    "16 ms",
  ]);
  expect([16e-6, 512e-6, 0.001024, 0.016384].map(formatBound)).toEqual([
    "16 µs",
    "512 µs",
    "1.02 ms",
    "16.4 ms",
  ]);
});

test("rates and means have decimals only while they are small", () => {
  expect([0, 0.1, 9.96, 840.4, 12345].map(formatRate)).toEqual([
    "0/s",
    "0.1/s",
    "10/s",
    "840/s",
    "12,345/s",
  ]);
  expect([1, 1.62, 23.4].map(roughly)).toEqual([1, 1.6, 23]);
});
