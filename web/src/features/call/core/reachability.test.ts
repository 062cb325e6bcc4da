import { describe, expect, it } from "vitest";
import type { ServerMessage } from "../../../shared/api/signaling/messages";
import { callJoined, patient, present, provider, recording, stateAfter, T0 } from "./call.fixture";
import { reduce } from "./reduce";
import {
  isLost,
  isReconnecting,
  isServerAway,
  ownQuality,
  recordingPhase,
  worstHeard,
} from "./selectors";
import type { CallState } from "./state";

const answer: ServerMessage = {
  type: "answer",
  room_id: "r",
  sdp: "v=0\r\na=candidate:1 1 udp 2130706431 192.0.2.1 3478 typ host\r\n",
  assignments: [],
};

describe("who is reached, and who is not", () => {
  it("tells whoever was interrupted from whoever has not come yet", () => {
    const absent = { ...patient, connected: false };
    expect(stateAfter(callJoined(), present(provider, absent)).met).toEqual([]);
    expect(
      stateAfter(callJoined(), present(provider, patient), present(provider, absent)).met,
    ).toEqual(["a"]);
  });

  it("calls nobody interrupted who has never been heard", () => {
    const lost: ServerMessage = {
      type: "quality",
      room_id: "r",
      user_id: "a",
      quality: "lost",
      direction: null,
    };
    const absent = { ...patient, connected: false };
    expect(worstHeard(stateAfter(callJoined(), present(provider, absent), lost))).toBeNull();
    const known = stateAfter(
      callJoined(),
      present(provider, patient),
      present(provider, absent),
      lost,
    );
    expect(worstHeard(known)).toMatchObject({ person: { user_id: "a" }, quality: "lost" });
  });

  it("reconnects while the media are away, but not before they ever worked", () => {
    const joined = stateAfter(callJoined());
    const media = (state: CallState, media: RTCPeerConnectionState) =>
      reduce(state, { type: "media", media, at: T0 });
    expect(isReconnecting(media(joined, "disconnected"))).toBe(false);
    const connected = media(joined, "connected");
    expect(isReconnecting(media(connected, "disconnected"))).toBe(true);
    expect(isReconnecting(media(media(connected, "failed"), "connected"))).toBe(false);
  });

  it("does not take a lost socket for a lost call", () => {
    const connected = reduce(stateAfter(callJoined()), {
      type: "media",
      media: "connected",
      at: T0,
    });
    const alone = reduce(connected, { type: "socket", open: false, at: T0 });
    expect(isReconnecting(alone)).toBe(false);
    expect(isServerAway(alone)).toBe(true);
  });
});

describe("a page whose own network lets no media through", () => {
  const tick = (state: CallState, at: number) => reduce(state, { type: "tick", at: T0 + at });
  const media = (state: CallState, media: RTCPeerConnectionState, at = 0) =>
    reduce(state, { type: "media", media, at: T0 + at });
  const connecting = media(stateAfter(callJoined(), answer), "connecting", 1000);

  it("says so after ten seconds, with the port to let out, and not before", () => {
    expect(tick(connecting, 9_900).blocked).toBe(false);
    expect(tick(connecting, 10_000)).toMatchObject({ blocked: true, mediaPort: 3478 });
    expect(isReconnecting(tick(connecting, 10_000))).toBe(false);
  });

  it("knows of no network while the server does not answer either", () => {
    expect(tick(media(stateAfter(callJoined()), "connecting"), 60_000).blocked).toBe(false);
    const away = reduce(tick(connecting, 10_000), {
      type: "socket",
      open: false,
      at: T0 + 11_000,
    });
    expect(away.blocked).toBe(false);
    expect(tick(away, 60_000).blocked).toBe(false);
  });

  it("takes it back when media come, and begins anew when they are lost", () => {
    const connected = media(tick(connecting, 10_000), "connected", 12_000);
    expect(connected).toMatchObject({ blocked: false, missing: null });
    const lost = media(connected, "disconnected", 50_000);
    expect(tick(lost, 70_000).blocked).toBe(false); // nothing was heard of the server since
    const restarted = reduce(lost, { type: "message", message: answer, at: T0 + 52_000 });
    expect(tick(restarted, 59_000).blocked).toBe(false);
    expect(tick(restarted, 60_000).blocked).toBe(true);
  });

  it("stays said through attempts of its own, and is given time when the user tries again", () => {
    const blocked = tick(connecting, 10_000);
    const again = reduce(blocked, { type: "message", message: callJoined(), at: T0 + 30_000 });
    expect(media(again, "new").blocked).toBe(true);
    const tried = reduce(blocked, { type: "retry", at: T0 + 30_000 });
    const answered = reduce(tried, { type: "message", message: answer, at: T0 + 31_000 });
    expect([tick(answered, 39_000).blocked, tick(answered, 40_000).blocked]).toEqual([false, true]);
  });
});

describe("a page whose connection has changed", () => {
  const quality = (user_id: string, quality: "excellent" | "lost"): ServerMessage => ({
    type: "quality",
    room_id: "r",
    user_id,
    quality,
    direction: null,
  });
  const both = [callJoined(), present(provider, patient), quality("p", "excellent")];
  const well = (...more: ServerMessage[]) =>
    reduce(stateAfter(...both, ...more), { type: "media", media: "connected", at: T0 });
  const stalled = reduce(well(), { type: "flow", stalled: true, at: T0 });

  it("shows the server's word for one's own network, and none of one's own making", () => {
    expect(ownQuality(well())).toBe("excellent");
    expect(ownQuality(well(quality("p", "lost")))).toBe("lost");
  });

  it("knows no word once nothing comes any more", () => {
    expect(ownQuality(stalled)).toBeNull();
    expect(isReconnecting(stalled)).toBe(true);
    expect(ownQuality(reduce(well(), { type: "socket", open: false, at: T0 }))).toBeNull();
    expect(ownQuality(reduce(stalled, { type: "flow", stalled: false, at: T0 }))).toBe("excellent");
  });

  it("tells the healthy side that it is the other's", () => {
    const state = well(quality("a", "lost"));
    expect([isLost(state, patient), isReconnecting(state), ownQuality(state)]).toEqual([
      true,
      false,
      "excellent",
    ]);
    expect(isLost(reduce(state, { type: "flow", stalled: true, at: T0 }), patient)).toBe(false);
  });

  it("learns them again after a reload", () => {
    const reloaded = well(
      present({ ...provider, quality: "good" }, { ...patient, quality: "lost" }),
    );
    expect([ownQuality(reloaded), isLost(reloaded, patient)]).toEqual(["good", true]);
  });

  it("does not claim a recording that it cannot know of", () => {
    const recorded = well(recording("recording"));
    expect(recordingPhase(recorded)).toBe("recording");
    expect(recordingPhase(reduce(recorded, { type: "flow", stalled: true, at: T0 }))).toBe(
      "unknown",
    );
    expect(recordingPhase(reduce(recorded, { type: "socket", open: false, at: T0 }))).toBe(
      "unknown",
    );
    expect(
      recordingPhase(reduce(well(recording("off")), { type: "socket", open: false, at: T0 })),
    ).toBe("off");
  });
});
