import { expect, test } from "vitest";
import { at, lastOf, put, toAnswer, type Unlock } from "./unlocks";

const ASKED: Unlock = {
  unlock_id: "1",
  recording_id: "77aa",
  patient_name: "Alex Morgan",
  provider_name: "Dr. Elena Rivera",
  recorded_at: "2026-03-02T09:00:15Z",
  requested_by: "me",
  requested_by_name: "Robin Park",
  requested_at: "2026-03-04T09:40:00Z",
  purpose: "TREAT",
  reason: null,
  state: "waiting",
  expires_at: "2026-03-05T09:40:00Z",
  answered_at: null,
  answered_by_name: null,
  answer: null,
  ended_at: null,
  ended_by_name: null,
};

test("what is heard of takes the place of what was known of it", () => {
  const refused: Unlock = { ...ASKED, state: "refused" };
  const other: Unlock = { ...ASKED, unlock_id: "2" };
  expect(put([ASKED], refused)).toEqual([refused]);
  expect(put([ASKED], other)).toEqual([other, ASKED]);
});

test("a request and an approval end by themselves, and an answer stays", () => {
  const [before, then] = [new Date("2026-03-05T09:39:59Z"), new Date("2026-03-05T09:40:00Z")];
  expect(at(ASKED, before).state).toBe("waiting");
  expect(at(ASKED, then).state).toBe("expired");
  expect(at({ ...ASKED, state: "approved" }, then).state).toBe("expired");
  expect(at({ ...ASKED, state: "refused" }, then).state).toBe("refused");
});

test("nobody answers what they have asked for", () => {
  expect(toAnswer([ASKED], "me")).toEqual([]);
  expect(toAnswer([ASKED], "you")).toEqual([ASKED]);
  expect(toAnswer([{ ...ASKED, state: "approved" }], "you")).toEqual([]);
});

test("an approval counts on while its holder asks for more time", () => {
  const approved: Unlock = { ...ASKED, unlock_id: "0", state: "approved" };
  expect(lastOf([ASKED, approved], "77aa", "me")).toBe(approved);
  expect(lastOf([ASKED], "77aa", "me")).toBe(ASKED);
  expect(lastOf([ASKED], "77aa", "you")).toBeUndefined();
  expect(lastOf([ASKED], "other", "me")).toBeUndefined();
});
