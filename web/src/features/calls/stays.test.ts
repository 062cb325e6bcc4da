import { expect, test } from "vitest";
import type { CallGuest } from "../../shared/api/schema";
import { formatTime } from "../../shared/i18n/format";
import { cameNames, stayWords } from "./stays";

const [invited_at, joined_at, left_at] = ["09:02", "09:03", "09:22"].map(
  (time) => `2026-03-02T${time}:00Z`,
) as [string, string, string];
const came: CallGuest = {
  user_id: "m",
  name: "Maria Oliveira",
  side: "interpreter",
  required: false,
  invited_at,
  joined_at,
  left_at,
  left_reason: "left",
};
const never: CallGuest = { ...came, joined_at: null };
const at = formatTime;

test("whoever came was there from when to when, and why no longer", () => {
  const there = `${at(joined_at)} to ${at(left_at)}`;
  expect(stayWords(came)).toBe(`${there} · left`);
  expect(stayWords({ ...came, left_reason: "removed" })).toBe(`${there} · removed`);
  expect(stayWords({ ...came, left_reason: "call_ended" })).toBe(`${there} · stayed to the end`);
  expect(stayWords({ ...came, left_at: null, left_reason: null })).toBe(`since ${at(joined_at)}`);
});

test("whoever never came was invited, and says why not", () => {
  const invited = `invited at ${at(invited_at)}`;
  const reasons = ["declined", "missed", "removed", "call_ended"] as const;
  expect(reasons.map((left_reason) => stayWords({ ...never, left_reason }))).toEqual([
    `${invited} · declined`,
    `${invited} · did not answer`,
    `${invited} · invitation withdrawn`,
    `${invited} · the call ended first`,
  ]);
  expect(stayWords({ ...never, left_at: null, left_reason: null })).toBe(invited);
});

test("a list of calls names each who came once", () => {
  expect(cameNames({ guests: [never, came, { ...came, invited_at: left_at }] })).toEqual([
    "Maria Oliveira",
  ]);
});
