/** What a network can carry, in a word. Pure. */

export interface Measurement {
  /** Media came to the server and back at all. */
  connected: boolean;
  /** They take the way through a TURN server. */
  relayed: boolean;
  sendBps: number;
  receiveBps: number;
  /** Of both directions, 0..1. */
  loss: number;
  /** One there and back; null: not known. */
  roundTripMs: number | null;
  /** The UDP port of the server's that a network has to let out; null: not known. */
  port: number | null;
}

export type Verdict = "works" | "slow" | "relayed" | "blocked";

/** Below, one sees squares: the smallest picture of a call with its sound. */
const LEAST_VIDEO_BPS = 250_000;
/** Above, retransmission does not mend it any more. */
const MOST_LOSS = 0.12;
/** Above, people talk at the same time; what comes this late is mostly a queue that is full. */
const MOST_ROUND_TRIP_MS = 800;

export function verdictOf(measured: Measurement): Verdict {
  const { connected, relayed, sendBps, receiveBps, loss, roundTripMs } = measured;
  if (!connected) return "blocked";
  const slow =
    Math.min(sendBps, receiveBps) < LEAST_VIDEO_BPS ||
    loss > MOST_LOSS ||
    (roundTripMs ?? 0) > MOST_ROUND_TRIP_MS;
  if (slow) return "slow";
  return relayed ? "relayed" : "works";
}
