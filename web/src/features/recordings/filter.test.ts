import { expect, test } from "vitest";
import type { Recording } from "../../shared/api/schema";
import { expiresSoon, NO_FILTER, passes } from "./filter";

const recording: Recording = {
  recording_id: "r",
  room_id: "x",
  patient_name: "Alex Morgan",
  provider_name: "Dr. Elena Rivera",
  guest_names: ["Noor Haddad"],
  // Local noon, whatever the time zone of the machine.
  started_at: new Date(2026, 2, 5, 12).toISOString(),
  duration_ms: 1,
  size_bytes: 1,
  state: "complete",
  on_hold: false,
  expires_at: null,
  sealed: false,
};

test("the names of all who were recorded are searched", () => {
  expect(passes(recording, { ...NO_FILTER, name: "morgan" })).toBe(true);
  expect(passes(recording, { ...NO_FILTER, name: "rivera" })).toBe(true);
  expect(passes(recording, { ...NO_FILTER, name: "haddad" })).toBe(true);
  expect(passes(recording, { ...NO_FILTER, name: "lee" })).toBe(false);
});

test("both days of a range are within it", () => {
  expect(passes(recording, { ...NO_FILTER, from: "2026-03-05", to: "2026-03-05" })).toBe(true);
  expect(passes(recording, { ...NO_FILTER, from: "2026-03-06" })).toBe(false);
  expect(passes(recording, { ...NO_FILTER, to: "2026-03-04" })).toBe(false);
});

test("what nothing holds expires soon when less than a month is left", () => {
  const now = new Date("2026-03-05T12:00:00Z");
  const expires_at = "2026-04-04T12:00:00Z";
  expect(expiresSoon({ ...recording, expires_at }, now)).toBe(true);
  expect(expiresSoon({ ...recording, expires_at: "2026-04-04T12:00:01Z" }, now)).toBe(false);
  expect(expiresSoon({ ...recording, expires_at, on_hold: true }, now)).toBe(false);
  expect(expiresSoon(recording, now)).toBe(false);
});
