import { describe, expect, test } from "vitest";
import { badStretches, callDuration, counterpart, outcome, recordingOutcome } from "./outcome";

test("the reason is told where it says more than the status", () => {
  expect(outcome({ call_status: "missed", end_reason: "cancelled" }).label).toBe(
    "status.cancelled",
  );
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
  const call = {
    provider_id: "u-1",
    patient_name: "Alex Morgan",
    provider_name: "Dr. Elena Rivera",
  };
  expect(counterpart(call, "u-2")).toBe("Dr. Elena Rivera");
  expect(counterpart(call, "u-1")).toBe("Alex Morgan");
});

test("a call of less than a minute is told in seconds", () => {
  expect(callDuration({ duration_seconds: 120, duration_minutes: 2 })).toBe("2 min");
  expect(callDuration({ duration_seconds: 45, duration_minutes: 0 })).toBe("45 s");
  expect(callDuration({ duration_seconds: 0, duration_minutes: 0 })).toBeNull();
  expect(callDuration({ duration_seconds: null, duration_minutes: null })).toBeNull();
});

describe("what was wrong with a connection", () => {
  const side = (worst: "poor" | "excellent", worst_seconds: number) => ({
    typical: "excellent" as const,
    worst,
    worst_seconds,
  });

  test("names the side that was cut off, and for how long", () => {
    const connection_by_side = { provider: side("excellent", 600), patient: side("poor", 76) };
    expect(badStretches({ connection_by_side })).toEqual(["Patient: poor for 1:16"]);
  });

  test("is nothing where nothing was, or nothing is known", () => {
    const connection_by_side = { provider: side("excellent", 600), patient: null };
    expect(badStretches({ connection_by_side })).toEqual([]);
    expect(badStretches({ connection_by_side: null })).toEqual([]);
  });
});
