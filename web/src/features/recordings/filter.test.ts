import { expect, test } from "vitest";
import type { Recording } from "../../shared/api/schema";
import { asked, expiresSoon, filterOf, flawOf, NO_FILTER, searchOf } from "./filter";

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
  kept_by: null,
  sealed: false,
};

const FULL = {
  person: "b7e1",
  provider: "https://host.example/d&1",
  from: "2026-03-05",
  to: "2026-03-06",
  states: ["sealed", "on_hold"],
  min: "0",
  max: "90",
} as const;

test("an address leads to what was looked for, and has nothing of what was not", () => {
  expect(filterOf(searchOf(FULL))).toEqual(FULL);
  expect(searchOf(NO_FILTER)).toBe("");
  expect(searchOf({ ...NO_FILTER, min: "5" })).toBe("?min=5");
});

test("what nobody can look for is passed over", () => {
  expect(filterOf("?from=tomorrow&to=2026-3-5&state=gone+erased&min=-1&max=1.5&person=")).toEqual({
    ...NO_FILTER,
    states: ["erased"],
  });
});

test("the server is asked for both days, by the reader's clock, and for seconds", () => {
  expect(asked(FULL)).toEqual({
    person_id: "b7e1",
    provider_id: "https://host.example/d&1",
    from: new Date(2026, 2, 5).toISOString(),
    to: new Date(2026, 2, 7).toISOString(),
    state: ["sealed", "on_hold"],
    min_seconds: 0,
    max_seconds: 5400,
  });
  expect(asked(NO_FILTER)).toEqual({});
});

test("an end before its beginning is told, and one day or one length is none", () => {
  expect(flawOf(FULL)).toBeNull();
  expect(flawOf({ ...FULL, to: "2026-03-04" })).toBe("dates");
  expect(flawOf({ ...FULL, to: FULL.from, min: "90" })).toBeNull();
  expect(flawOf({ ...FULL, min: "100" })).toBe("length");
  expect(flawOf({ ...FULL, min: "91", max: "" })).toBeNull();
});

test("what nothing holds expires soon when less than a month is left", () => {
  const now = new Date("2026-03-05T12:00:00Z");
  const expires_at = "2026-04-04T12:00:00Z";
  expect(expiresSoon({ ...recording, expires_at }, now)).toBe(true);
  expect(expiresSoon({ ...recording, expires_at: "2026-04-04T12:00:01Z" }, now)).toBe(false);
  expect(expiresSoon({ ...recording, expires_at, on_hold: true }, now)).toBe(false);
  expect(expiresSoon(recording, now)).toBe(false);
});
