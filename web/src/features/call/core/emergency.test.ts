import { describe, expect, it } from "vitest";
import { callJoined, ended, stateAfter, T0 } from "./call.fixture";
import { reduce } from "./reduce";
import { isRaised, isUnlimited, minutesLeft } from "./selectors";

const raised = {
  raised_by: "Alex Morgan",
  raised_at: new Date(T0).toISOString(),
  phone: "112",
  instructions: "Stay on the line.",
  practice_phone: "+49 30 1",
  reached: [],
  pending: false,
  acknowledged_at: null,
  acknowledged_by: null,
};

describe("an emergency in a call", () => {
  it("shows an emergency until the end, with what to do", () => {
    const state = stateAfter(callJoined(), {
      type: "call_emergency",
      room_id: "r",
      patient_name: null,
      ...raised,
    });
    expect(state.emergency).toEqual({
      raisedBy: "Alex Morgan",
      phone: "112",
      instructions: "Stay on the line.",
      practicePhone: "+49 30 1",
      reached: [],
      pending: false,
      acknowledgedBy: null,
    });
    expect(state.phase).toBe("waiting");
  });

  it("has no limit while it stands, and one again when it is over", () => {
    const at = { room_id: "r", server_time: new Date(T0).toISOString() };
    const ends_at = new Date(T0 + 240_000).toISOString();
    const started = callJoined({
      call_status: "active",
      started_at: at.server_time,
      emergency: raised,
    });
    const warned = stateAfter(started, {
      type: "call_warning",
      ...at,
      ends_at,
      minutes_left: 4,
    });
    expect([minutesLeft(warned, T0), isUnlimited(warned)]).toEqual([4, false]);
    const frozen = reduce(warned, {
      type: "message",
      message: { type: "call_limit", ...at, ends_at: null },
      at: T0,
    });
    expect([minutesLeft(frozen, T0), isUnlimited(frozen)]).toEqual([null, true]);
    const over = reduce(frozen, {
      type: "message",
      message: { type: "call_limit", ...at, ends_at },
      at: T0,
    });
    expect(isUnlimited(over)).toBe(false);
    expect([isRaised(frozen), isRaised(over)], "it can be raised again").toEqual([true, false]);
  });

  it("has the emergency again after a reload, and hears after its end that somebody took it on", () => {
    const state = stateAfter(callJoined({ emergency: raised }), ended);
    expect(state.emergency?.raisedBy).toBe("Alex Morgan");
    expect(isRaised(state)).toBe(true);
    const message = {
      type: "call_emergency" as const,
      room_id: "r",
      patient_name: null,
      ...raised,
      acknowledged_by: "Sam",
    };
    const later = reduce(state, { type: "message", message, at: T0 });
    expect(later.emergency?.acknowledgedBy).toBe("Sam");
    expect(isRaised(later)).toBe(false);
    expect(later.phase).toBe("ended");
  });
});
