/**
 * What to do about a peer connection that lost its path: wait, restart ICE, or build it anew. Pure.
 */

export type Remedy =
  | { action: "none" }
  | { action: "restart_ice"; afterMs: number }
  | { action: "rebuild"; afterMs: number };

const DISCONNECTED_GRACE_MS = 1_500; // a short gap of a radio link heals by itself
const RESTARTS_BEFORE_REBUILD = 3;
const CAP_MS = 15_000;

/** `attempts`: remedies tried since the connection last worked. `jitter` within 0..1. */
export function remedy(state: RTCPeerConnectionState, attempts: number, jitter: number): Remedy {
  if (state !== "disconnected" && state !== "failed") return { action: "none" };
  const afterMs = delayMs(state, attempts, jitter);
  return attempts < RESTARTS_BEFORE_REBUILD
    ? { action: "restart_ice", afterMs }
    : { action: "rebuild", afterMs };
}

function delayMs(state: RTCPeerConnectionState, attempts: number, jitter: number): number {
  if (attempts === 0) return state === "failed" ? 0 : DISCONNECTED_GRACE_MS;
  const ceiling = Math.min(CAP_MS, 1_000 * 2 ** attempts);
  return ceiling / 2 + (ceiling / 2) * jitter;
}
