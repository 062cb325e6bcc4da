import { expect, test } from "vitest";
import { reachOf } from "./reach";

const emergency = {
  practicePhone: "+49 30 1",
  reached: [],
  pending: false,
  acknowledgedBy: null,
} as const;

test("nobody was reached unless it is known, and then the practice's number is told", () => {
  expect(reachOf(emergency)).toEqual({
    text: "Nobody at the practice could be reached.",
    practicePhone: "+49 30 1",
  });
  expect(reachOf({ ...emergency, pending: true }).text).toBe("Trying to reach the practice…");
  expect(reachOf({ ...emergency, reached: ["email"] }).practicePhone).toBe("+49 30 1");
});

test("who is there or has answered is told, and no other number", () => {
  expect(reachOf({ ...emergency, reached: ["administrators", "email"] }).practicePhone).toBe("");
  expect(reachOf({ ...emergency, reached: ["administrators"], acknowledgedBy: "Sam" }).text).toBe(
    "Sam at the practice is taking care of it.",
  );
});
