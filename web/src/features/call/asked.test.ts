import { describe, expect, it } from "vitest";
import type { ServerMessage } from "../../shared/api/signaling/messages";
import { announcements } from "./core/announcements";
import {
  accepted,
  callJoined,
  interpreter,
  patient,
  present,
  provider,
  recording,
  T0,
} from "./core/call.fixture";
import { reduce } from "./core/reduce";
import { isAsked, recordingPhase } from "./core/selectors";
import { type CallState, initialState } from "./core/state";
import { pauseWords } from "./recordingWords";

const undecided = { ...patient, recording_consent: null };
const switched = (on: boolean): ServerMessage => ({ type: "recording_switched", room_id: "r", on });

/** A call that was begun without a recording, as one of its people sees it. */
function pageOf(userId: string, ...messages: ServerMessage[]): CallState {
  const begun = callJoined({ recording_enabled: false, participants: [provider, undecided] });
  const state: CallState = { ...initialState(userId), roomId: "r", socketOpen: true };
  const connected = { ...state, media: "connected" as const };
  return [begun, accepted, recording("off"), ...messages].reduce<CallState>(
    (before, message) => reduce(before, { type: "message", message, at: T0 }),
    connected,
  );
}

const asked = [switched(true), present(provider, undecided), recording("awaiting_consent")];

describe("a recording that is asked for in mid-call", () => {
  it("is asked of whoever is undecided, at once, and of nobody else", () => {
    expect(isAsked(pageOf("a"))).toBe(false);
    expect(isAsked(pageOf("a", ...asked))).toBe(true);
    expect(isAsked(pageOf("p", ...asked))).toBe(false);
    expect(announcements(pageOf("a"), pageOf("a", ...asked))).toContainEqual({ what: "asked" });
    const [question = switched(true), ...then] = asked;
    expect(announcements(pageOf("a", question), pageOf("a", question, ...then))).toEqual([]);
  });

  it("is not called paused before anything was recorded, and says for whom it waits", () => {
    const both = present(provider, undecided, { ...interpreter, recording_consent: null });
    const state = pageOf("p", ...asked, both);
    expect(recordingPhase(state)).toBe("awaiting_consent");
    expect(pauseWords(state)).toBe(
      "Nothing is recorded until Alex Morgan and Maria Oliveira have agreed.",
    );
  });

  it("is asked no more once it is answered, and anew after it was stopped for good", () => {
    const yes = pageOf("a", ...asked, present(provider, patient), recording("recording"));
    expect(isAsked(yes)).toBe(false);
    const off = [switched(false), present(provider, undecided), recording("off")];
    const stopped = off.reduce(
      (state, message) => reduce(state, { type: "message", message, at: T0 }),
      yes,
    );
    expect([isAsked(stopped), stopped.consent, recordingPhase(stopped)]).toEqual([
      false,
      null,
      "off",
    ]);
    const again = asked.reduce(
      (state, message) => reduce(state, { type: "message", message, at: T0 }),
      stopped,
    );
    expect(isAsked(again)).toBe(true);
  });
});
