/** The connection of a call in one word, for platforms that show only that. */
import { isReconnecting } from "./selectors";
import { type CallState, isOver } from "./state";

export type CallConnectionState = "idle" | "connecting" | "connected" | "reconnecting" | "closed";

const PEER_CONNECTION_STATES: Record<CallConnectionState, RTCPeerConnectionState> = {
  idle: "new",
  connecting: "connecting",
  connected: "connected",
  reconnecting: "disconnected",
  closed: "closed",
};

export function connectionState(state: CallState): CallConnectionState {
  if (state.phase === "idle") return "idle";
  if (isOver(state)) return "closed";
  if (isReconnecting(state)) return "reconnecting";
  return state.media === "connected" ? "connected" : "connecting";
}

/**
 * The same in RTCPeerConnection's words (WebRTC 4.3.3): `failed` is what does not mend by itself.
 */
export function peerConnectionState(state: CallState): RTCPeerConnectionState {
  if (!isOver(state) && (state.blocked || state.incompatible)) return "failed";
  return PEER_CONNECTION_STATES[connectionState(state)];
}
