import { expect, test } from "vitest";
import { told } from "./told";

const NOW = new Date(2026, 2, 2, 9, 0);

test("who is early is told the time, or that it is another day", () => {
  expect(told("early", NOW.getTime() + 3600_000, NOW).title).toBe("join.early");
  expect(told("early", NOW.getTime() + 24 * 3600_000, NOW).title).toBe("join.otherDay");
});

test("every other reason has words of its own", () => {
  for (const standing of ["over", "cancelled", "revoked", "other_browser"] as const)
    expect(told(standing, 0, NOW)).toEqual({
      title: `join.${standing}`,
      text: `join.${standing}Text`,
    });
});
