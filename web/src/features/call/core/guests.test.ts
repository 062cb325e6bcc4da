import { describe, expect, it } from "vitest";
import type { Participant, ServerMessage } from "../../../shared/api/signaling/messages";
import {
  accepted,
  callJoined,
  interpreter,
  patient,
  present,
  provider,
  recording,
  stateAfter,
  T0,
} from "./call.fixture";
import { reduce } from "./reduce";
import { company, others, recordingPhase, undecided } from "./selectors";
import { type CallState, initialState } from "./state";

describe("a call of more than two", () => {
  const asked: Participant = {
    ...interpreter,
    invited: true,
    recording_consent: null,
    joined: false,
    connected: false,
  };
  const running: ServerMessage[] = [
    callJoined(),
    accepted,
    present(provider, patient),
    recording("recording"),
  ];

  it("has a place for whoever has accepted, and none for the invited", () => {
    const invited = stateAfter(...running, present(provider, patient, asked));
    expect(company(invited).map(({ name }) => name)).toEqual(["Alex Morgan"]);
    expect(others(invited)).toHaveLength(2);
    expect(company(stateAfter(...running, present(provider, patient, interpreter)))).toHaveLength(
      2,
    );
  });

  it("waits with the recording for a newcomer's decision, and does not for an invitation", () => {
    expect(undecided(stateAfter(...running, present(provider, patient, asked)))).toEqual([]);
    const here = { ...interpreter, recording_consent: null };
    const state = stateAfter(
      ...running,
      present(provider, patient, here),
      recording("awaiting_consent"),
    );
    expect(undecided(state).map(({ name }) => name)).toEqual(["Maria Oliveira"]);
    expect(recordingPhase(state)).toBe("paused");
  });

  it("knows a guest's own decision, whatever the patient has said", () => {
    const asGuest = (...messages: ServerMessage[]) =>
      messages.reduce<CallState>(
        (state, message) => reduce(state, { type: "message", message, at: T0 }),
        {
          ...initialState("m"),
          roomId: "r",
        },
      );
    const mine = { ...interpreter, recording_consent: false };
    const participants = [provider, patient, mine];
    const state = asGuest(accepted, callJoined({ call_status: "active", participants }));
    expect(state.consent).toBe(false);
    expect(reduce(state, { type: "consent", given: true, at: T0 }).consent).toBe(true);
    const undecided = [provider, patient, { ...interpreter, recording_consent: null }];
    expect(
      asGuest(callJoined({ recording_consent: true, participants: undecided })).consent,
    ).toBeNull();
  });

  it("tells a newcomer's no from somebody's change of mind", () => {
    const no = { ...interpreter, recording_consent: false };
    const declined = stateAfter(
      ...running,
      present(provider, patient, asked),
      present(provider, patient, no),
      recording("stopped"),
    );
    expect(declined.consentChange).toBe("declined");
    expect(declined.decision).toEqual({ userId: "m", given: false, first: true });
    const withdrawn = stateAfter(
      ...running,
      present(provider, patient, interpreter),
      present(provider, { ...patient, recording_consent: false }, interpreter),
      recording("stopped"),
    );
    expect([withdrawn.consentChange, withdrawn.decision?.userId]).toEqual(["withdrawn", "a"]);
  });

  it("tells whose invitation is gone without them and why, until somebody else is asked", () => {
    const absentees = [
      {
        user_id: "m",
        name: "Maria Oliveira",
        role: "interpreter" as const,
        reason: "declined" as const,
      },
    ];
    const without = (...participants: Participant[]) =>
      ({ ...present(...participants), absentees }) as ServerMessage;
    const gone = [present(provider, patient, asked), without(provider, patient)];
    expect(stateAfter(...running, ...gone).absentee).toEqual(absentees[0]);
    const again = without(provider, patient, { ...asked, user_id: "s", name: "Sam Lee" });
    const later = stateAfter(...running, ...gone, again);
    expect(later.absentee).toBeNull();
    expect(later.absentees).toEqual(absentees);
    expect(stateAfter(callJoined({ absentees })).absentee).toBeNull(); // that was before this page
    expect(stateAfter(callJoined({ absentees })).absentees).toEqual(absentees);
    const accepted = [present(provider, patient, asked), present(provider, patient, interpreter)];
    expect(stateAfter(...running, ...accepted).absentee).toBeNull();
  });

  it("is over for a guest alone who hangs up without the server", () => {
    const guest = {
      ...initialState("m"),
      phase: "active" as const,
      participants: [provider, patient, interpreter],
    };
    expect(reduce(guest, { type: "hung_up", at: T0 }).ended?.reason).toBe("left");
    expect(reduce({ ...guest, userId: "a" }, { type: "hung_up", at: T0 }).ended?.reason).toBe(
      "hung_up",
    );
  });
});
