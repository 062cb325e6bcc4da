import { expect, test } from "vitest";
import { callDuration, counterpart, outcome, recordingOutcome } from "./outcome";

test("the reason is told where it says more than the status", () => {
  expect(outcome({ call_status: "missed", end_reason: "cancelled" }).label).toBe("status.cancelled");
  expect(outcome({ call_status: "ended", end_reason: "participant_lost" }).label).toBe(
    "status.participant_lost",
  );
  expect(outcome({ call_status: "ended", end_reason: "hung_up" }).label).toBe("status.ended");
  expect(outcome({ call_status: "active", end_reason: null }).label).toBe("status.active");
});

test("no recording says whether consent was the reason", () => {
  const call = { has_recording: false, recording_enabled: true, recording_consent_given: false };
  expect(recordingOutcome(call)).toBe("history.consentDeclined");
  expect(recordingOutcome({ ...call, recording_enabled: false })).toBe("history.notRecorded");
  expect(recordingOutcome({ ...call, has_recording: true })).toBe("history.recorded");
});

test("each sees the other's name", () => {
  const names = { patient_name: "Alex Morgan", provider_name: "Dr. Elena Rivera" };
  expect(counterpart(names, "patient")).toBe("Dr. Elena Rivera");
  expect(counterpart(names, "provider")).toBe("Alex Morgan");
});

test("a call of less than a minute is told in seconds", () => {
  expect(callDuration({ duration_seconds: 120, duration_minutes: 2 })).toBe("2 min");
  expect(callDuration({ duration_seconds: 45, duration_minutes: 0 })).toBe("45 s");
  expect(callDuration({ duration_seconds: 0, duration_minutes: 0 })).toBeNull();
  expect(callDuration({ duration_seconds: null, duration_minutes: null })).toBeNull();
});
