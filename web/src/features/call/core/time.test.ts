import { describe, expect, it } from "vitest";
import type { ServerMessage } from "../../../shared/api/signaling/messages";
import { accepted, callJoined, patient, present, provider, stateAfter, T0 } from "./call.fixture";
import { type CallEvent, reduce } from "./reduce";
import { elapsedSeconds, minutesLeft } from "./selectors";
import { initialState } from "./state";

describe("the time of a call", () => {
  it("counts from the acceptance on, by the server's clock, however late the other side is connected", () => {
    const page = stateAfter(callJoined(), accepted, present(provider, patient));
    const started_at = new Date(T0 + 1000).toISOString();
    const late = {
      call_status: "active" as const,
      started_at,
      server_time: new Date(T0 + 88_000).toISOString(),
    };
    const joined: CallEvent = { type: "message", message: callJoined(late), at: T0 + 88_000 };
    const joining: CallEvent = {
      type: "joining",
      roomId: "r",
      userId: "a",
      audioOnly: false,
      at: T0,
    };
    const other = [joining, joined].reduce(reduce, initialState("a"));
    for (const state of [page, other]) expect(elapsedSeconds(state, T0 + 91_000)).toBe(90);
  });

  it("waits again when the other side is lost, and the time goes on", () => {
    const state = stateAfter(
      callJoined(),
      accepted,
      present(provider, patient),
      present(provider, { ...patient, connected: false }),
    );
    expect(state.phase).toBe("waiting");
    expect(elapsedSeconds(state, T0 + 91_000)).toBe(90);
  });

  it("takes the server's times by the server's clock", () => {
    const behind = new Date(T0 - 30_000).toISOString();
    const state = stateAfter(
      callJoined({ call_status: "active", server_time: behind, started_at: behind }),
    );
    expect(elapsedSeconds(state, T0 + 5_000)).toBe(5);
  });

  it("tells the minutes left once the server has warned, to the nearest", () => {
    const ends_at = new Date(T0 + 300_000).toISOString();
    const joined = callJoined({ call_status: "active", ends_at });
    expect(minutesLeft(stateAfter(joined), T0)).toBeNull();
    const server_time = new Date(T0 + 1000).toISOString(); // when the page hears it
    const warning: ServerMessage = {
      type: "call_warning",
      room_id: "r",
      server_time,
      ends_at,
      minutes_left: 5,
    };
    const warned = stateAfter(joined, warning);
    expect(minutesLeft(warned, T0)).toBe(5);
    expect(minutesLeft(warned, T0 - 900)).toBe(5); // a clock that is late by a moment
    expect(minutesLeft(warned, T0 + 241_000)).toBe(1);
    expect(minutesLeft(warned, T0 + 999_000)).toBe(0);
  });

  it("takes the warning back when the provider lets the call last longer", () => {
    const server_time = new Date(T0 + 1000).toISOString();
    const ends_at = new Date(T0 + 301_000).toISOString();
    const later = new Date(T0 + 1_201_000).toISOString();
    const at = { room_id: "r", server_time };
    const extended = stateAfter(
      callJoined({ call_status: "active" }),
      { type: "call_warning", ...at, ends_at, minutes_left: 5 },
      { type: "call_extended", ...at, ends_at: later, minutes: 15 },
    );
    expect(minutesLeft(extended, T0)).toBeNull();
    expect(extended).toMatchObject({ endsAt: T0 + 1_202_000, extendedBy: 15 });
  });

  it("is not misled when the server's clock was set after the page joined", () => {
    const ends_at = new Date(T0 + 3_600_000 + 301_000).toISOString();
    const server_time = new Date(T0 + 3_600_000 + 1000).toISOString();
    const warning = {
      type: "call_warning" as const,
      room_id: "r",
      server_time,
      ends_at,
      minutes_left: 5,
    };
    const warned = stateAfter(callJoined({ call_status: "active" }), warning);
    expect(minutesLeft(warned, T0 + 1000)).toBe(5);
  });
});
