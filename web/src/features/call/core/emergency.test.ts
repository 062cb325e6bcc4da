import { describe, expect, it } from "vitest";
import { callJoined, ended, stateAfter, T0 } from "./call.fixture";
import { reduce } from "./reduce";
import { isRaised } from "./selectors";

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
