import { describe, expect, it } from "vitest";
import type { ServerMessage } from "../../../shared/api/signaling/messages";
import {
  accepted,
  callJoined,
  ended,
  patient,
  present,
  provider,
  stateAfter,
  T0,
} from "./call.fixture";
import { reduce } from "./reduce";
import { others } from "./selectors";

describe("the call as a page sees it", () => {
  it("rings while the invitation is open", () => {
    const state = stateAfter(callJoined());
    expect(state).toMatchObject({ phase: "waiting", ringing: true, startedAt: null });
    expect(others(state).map(({ name }) => name)).toEqual(["Alex Morgan"]);
  });

  it("waits, no longer ringing, between acceptance and the other side's arrival", () => {
    expect(stateAfter(callJoined(), accepted)).toMatchObject({
      phase: "waiting",
      ringing: false,
      consent: true,
    });
  });

  it("is active from the moment the other side is there", () => {
    const state = stateAfter(callJoined(), present(provider, patient));
    expect(state).toMatchObject({ phase: "active", ringing: false });
  });

  it("takes back a yes that was to words no longer in force, and asks again", () => {
    const asked = stateAfter(callJoined(), present(provider, { ...patient, user_id: "q" }));
    const said = reduce(asked, { type: "consent", given: true, at: T0 });
    const refusal = { type: "error", in_reply_to: "recording_consent" } as const;
    const message = { ...refusal, code: "consent_text_changed" } as ServerMessage;
    const refused = reduce({ ...said, userId: "nobody yet" }, { type: "message", message, at: T0 });
    expect(refused).toMatchObject({ consent: null, textChanged: true });
    expect(reduce(refused, { type: "consent", given: true, at: T0 }).textChanged).toBe(false);
  });

  it("ends once, and nothing changes it afterwards", () => {
    const state = stateAfter(callJoined(), ended, { ...ended, reason: "failed" }, callJoined());
    expect(state.ended).toEqual({
      roomId: "r",
      durationSeconds: 729,
      durationMinutes: 12,
      reason: "hung_up",
      endedBy: "patient",
    });
    expect(state.phase).toBe("ended");
  });

  it("counts its own time when it hangs up without the server", () => {
    const active = stateAfter(callJoined(), accepted, present(provider, patient));
    const state = reduce(active, { type: "hung_up", at: T0 + 62_000 });
    expect(state.ended).toEqual({
      roomId: "r",
      durationSeconds: 61,
      durationMinutes: 1,
      reason: "hung_up",
      endedBy: "provider",
    });
  });

  it("can be joined anew after it ended", () => {
    const again = reduce(stateAfter(callJoined(), ended), {
      type: "joining",
      roomId: "s",
      userId: "p",
      audioOnly: true,
      at: T0,
    });
    expect(again).toMatchObject({ phase: "joining", roomId: "s", ended: null, socketOpen: true });
    expect(again.own.camera).toBe(false);
  });

  it("leaves the messages of other rooms alone", () => {
    const before = stateAfter(callJoined());
    const message: ServerMessage = { ...ended, room_id: "another" };
    expect(reduce(before, { type: "message", message, at: T0 })).toBe(before);
  });

  it("is refused only when joining is, with the server's words", () => {
    const error: ServerMessage = {
      type: "error",
      title: "Unknown room",
      detail: "There is no such call.",
      code: "unknown_room",
      reason: null,
      parameters: {},
      in_reply_to: "call_start",
      room_id: null,
      client_id: null,
    };
    expect(stateAfter(error)).toMatchObject({ phase: "refused", refusal: error });
    expect(stateAfter(callJoined(), { ...error, in_reply_to: "offer" }).phase).toBe("waiting");
  });

  it("goes on in another window when this connection is replaced", () => {
    expect(stateAfter(callJoined(), { type: "connection_replaced", room_id: "r" }).phase).toBe(
      "replaced",
    );
  });
});
