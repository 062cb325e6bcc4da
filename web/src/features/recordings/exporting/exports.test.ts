import { expect, test } from "vitest";
import type { RecordingExport } from "../../../shared/api/schema";
import { asked, choicesOf, contentsOf, isLost, news, shareOf, standing } from "./exports";

const EXPORT: RecordingExport = {
  export_id: "one",
  recording_id: "77aa",
  patient_name: "Alex Morgan",
  recorded_at: "2026-03-02T09:00:15Z",
  requested_at: "2026-03-04T09:40:00Z",
  requested_by: "d1f7",
  requested_by_name: "Robin Park",
  purpose: "HLEGAL",
  reason: null,
  contents: "film",
  layout: "screen",
  state: "queued",
  phase: null,
  done: 0,
  total: 0,
  failure: null,
  finished_at: null,
  expires_at: null,
  size_bytes: 0,
};

test("what is chosen is what is asked for, and told again", () => {
  for (const choice of choicesOf(false))
    expect(contentsOf({ ...EXPORT, ...asked(choice) })).toBe(choice);
  expect(choicesOf(true)).toEqual(["encrypted"]);
});

test("it says how far it is, and why it is not", () => {
  expect(shareOf(EXPORT)).toBeNull();
  expect(standing(EXPORT)).toBe("Waiting for its turn");
  const running = { ...EXPORT, state: "running", phase: "composing", done: 99_999, total: 200_000 };
  expect(standing(running as RecordingExport)).toBe("Making the film: 49%");
  expect(standing({ ...EXPORT, state: "running" })).toBe("Waiting for its turn");
  expect(standing({ ...EXPORT, state: "failed", failure: "no_space" })).toMatch(/disk/);
  expect(standing({ ...EXPORT, state: "expired" })).toMatch(/destroyed/);
});

test("one that is lost says so until it would have been over, and can be asked for again", () => {
  const lost: RecordingExport = {
    ...EXPORT,
    state: "expired",
    failure: "key_lost",
    expires_at: "2026-03-05T09:40:00Z",
  };
  expect(standing(lost)).toMatch(/Ask for it again/);
  expect(isLost(lost, new Date("2026-03-05T09:39:00Z"))).toBe(true);
  expect(isLost(lost, new Date("2026-03-05T09:41:00Z"))).toBe(false);
  expect(isLost({ ...lost, failure: null }, new Date("2026-03-05T09:39:00Z"))).toBe(false);
});

test("only what is over is news, once", () => {
  const done: RecordingExport = { ...EXPORT, state: "done" };
  expect(news([EXPORT], [{ ...EXPORT, state: "running" }])).toBe("");
  expect(news([EXPORT], [done])).toBe("Export of Alex Morgan: Ready");
  expect(news([done], [done])).toBe("");
  expect(news([], [done])).toBe("");
});
