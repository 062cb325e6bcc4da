import { expect, test } from "vitest";
import { type CallState, type Ended, initialState } from "./core/state";
import { endingWords } from "./endings";

const ended: Ended = {
  roomId: "r",
  durationSeconds: 90,
  durationMinutes: 1,
  reason: "hung_up",
  endedBy: "provider",
};
const over: CallState = { ...initialState("p"), phase: "ended", ended };
const text = (state: CallState, isProvider: boolean, name: string) =>
  endingWords(state, isProvider, name).text;

test("each side is told who ended the call", () => {
  expect(text(over, true, "Sam Roe")).toMatch("You ended the call.");
  expect(text(over, false, "Dr. Lee")).toMatch("Dr. Lee ended the call.");
});

test("both hang up at once: the server's word is who was first", () => {
  expect(text({ ...over, hangingUp: true }, false, "Dr. Lee")).toMatch("Dr. Lee ended the call.");
});

test("who hung up is known here without the server, and nobody is named where nobody knows", () => {
  const unknown = { ...over, ended: { ...ended, endedBy: null } };
  expect(text({ ...unknown, hangingUp: true }, false, "Dr. Lee")).toMatch("You ended the call.");
  expect(text(unknown, false, "Dr. Lee")).toBe("Thank you for your time.");
});

test("a call that ended because the patient's link was taken back says whose it was", () => {
  const revoked: CallState = {
    ...over,
    ended: { ...ended, reason: "link_revoked", endedBy: null },
  };
  expect(text(revoked, true, "Sam Roe")).toMatch("the patient came was taken back");
  expect(text(revoked, false, "Dr. Lee")).toMatch("you came was taken back");
});
