import { expect, test } from "vitest";
import { matches } from "./search";

test("each word of the query begins a word of the name", () => {
  expect(matches("Alex Morgan", "mor al")).toBe(true);
  expect(matches("Alex Morgan", "organ")).toBe(false);
  expect(matches("Anna Meier-Lang", "lang")).toBe(true);
  expect(matches("Alex Morgan", "  ")).toBe(true);
});

test("case and accents do not matter, either way", () => {
  expect(matches("José Müller", "jose mull")).toBe(true);
  expect(matches("Jose Muller", "JOSÉ")).toBe(true);
});
