import { describe, expect, it } from "vitest";
import { accepted, callJoined, ended, provider, stateAfter, T0 } from "./call.fixture";
import { RING_ENDS_SOON_SECONDS, reduce } from "./reduce";
import { bursts } from "./ringback";
import { ringSecondsLeft } from "./selectors";

const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
const ringing = callJoined({
  participants: [provider],
  server_time: at(3600), // an hour ahead of this machine
  invitation_expires_at: at(3645),
});

describe("the tone of a call that rings", () => {
  it("sounds one second in every five, and not beyond the end", () => {
    expect(bursts(10.5)).toEqual([
      { from: 0, to: 1 },
      { from: 5, to: 6 },
      { from: 10, to: 10.5 },
    ]);
  });

  it("is none once the time is over", () => {
    expect(bursts(0)).toEqual([]);
    expect(bursts(-3)).toEqual([]);
  });
});

describe("a call that rings", () => {
  it("rings for as long as the server says, by the server's clock", () => {
    const state = stateAfter(ringing);
    expect(ringSecondsLeft(state, T0)).toBe(45);
    expect(ringSecondsLeft(state, T0 + 44_100)).toBe(1);
    expect(ringSecondsLeft(state, T0 + 50_000)).toBe(0);
  });

  it("says once that it soon ends", () => {
    const state = stateAfter(ringing);
    const early = reduce(state, { type: "tick", at: T0 + 34_000 });
    expect(early).toBe(state);
    const late = reduce(early, { type: "tick", at: T0 + 45_000 - RING_ENDS_SOON_SECONDS * 1000 });
    expect(late.ringEndsSoon).toBe(true);
    expect(reduce(late, { type: "tick", at: T0 + 36_000 })).toBe(late);
  });

  it("rings no longer once it is accepted, declined, over or taken back", () => {
    const state = stateAfter(ringing);
    const after = [
      stateAfter(ringing, accepted),
      stateAfter(ringing, { type: "call_declined", room_id: "r" }),
      stateAfter(ringing, { ...ended, reason: "missed" }),
      reduce(state, { type: "hanging_up", at: T0 }),
    ];
    for (const each of after) {
      expect(ringSecondsLeft(each, T0 + 1000)).toBeNull();
      expect(reduce(each, { type: "tick", at: T0 + 40_000 }).ringEndsSoon).toBe(false);
    }
  });
});
