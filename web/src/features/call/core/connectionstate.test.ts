import { expect, test } from "vitest";
import { connectionState, peerConnectionState } from "./connectionstate";
import { type CallState, initialState } from "./state";

const joined: CallState = { ...initialState("p"), phase: "active" };

test.each<[Partial<CallState>, string, RTCPeerConnectionState]>([
  [{ phase: "idle" }, "idle", "new"],
  [{ phase: "joining" }, "connecting", "connecting"],
  [{ media: "connected" }, "connected", "connected"],
  [{ media: "reconnecting" }, "reconnecting", "disconnected"],
  [{ media: "connected", stalled: true }, "reconnecting", "disconnected"],
  [{ blocked: true }, "connecting", "failed"],
  [{ media: "reconnecting", blocked: true }, "reconnecting", "failed"],
  [{ incompatible: true }, "connecting", "failed"],
  [{ phase: "ended", blocked: true }, "closed", "closed"],
  [{ phase: "refused" }, "closed", "closed"],
])("%o is %s to us and %s to an RTCPeerConnection", (state, ours, theirs) => {
  expect(connectionState({ ...joined, ...state })).toBe(ours);
  expect(peerConnectionState({ ...joined, ...state })).toBe(theirs);
});
