/**
 * What somebody's network carries, tried before a call: a picture goes to the relay on one
 * connection and comes back on another, as in a call.
 */

import type { Source } from "../../../shared/api/signaling/messages";
import { udpPort } from "./candidate";
import { type AnyIceServer, setIceServers } from "./iceservers";
import { testPicture } from "./picture";
import { withStartBitrate } from "./startbitrate";
import { between, type Sample, sample } from "./statistics";
import type { Measurement } from "./verdict";

/** TURN over TLS takes up to five seconds. */
const CONNECT_MS = 10_000;
/** What the estimate of bandwidth needs to settle, which is not measured. */
const WARM_UP_MS = 2_500;
const MEASURE_MS = 4_000;
const MOST_BPS = 1_200_000;

export interface Offers {
  sending: string;
  receiving: string;
  sources: Record<string, Source>;
}

export interface ConnectionTestOptions {
  iceServers: readonly AnyIceServer[];
  /** Has the server answer both offers, unless `signal` aborts. */
  answer(offers: Offers, signal: AbortSignal): Promise<{ sending: string; receiving: string }>;
  /** Ends it early: then `measureConnection` rejects with its reason. */
  signal: AbortSignal;
}

/** Rejects as `answer` does; a network that lets nothing through is no error. */
export async function measureConnection(options: ConnectionTestOptions): Promise<Measurement> {
  const { signal } = options;
  signal.throwIfAborted();
  const picture = testPicture();
  const [sending, receiving] = [connection(options), connection(options)];
  try {
    const line = sending.addTransceiver(picture.track, {
      direction: "sendonly",
      sendEncodings: [{ maxBitrate: MOST_BPS }],
    });
    receiving.addTransceiver("video", { direction: "recvonly" });
    await Promise.all([sending.setLocalDescription(), receiving.setLocalDescription()]);
    signal.throwIfAborted();
    const offers: Offers = {
      sending: sending.localDescription?.sdp ?? "",
      receiving: receiving.localDescription?.sdp ?? "",
      sources: { [line.mid ?? ""]: "camera" },
    };
    const answers = await options.answer(offers, signal);
    signal.throwIfAborted();
    await sending.setRemoteDescription(answer(withStartBitrate(answers.sending)));
    await receiving.setRemoteDescription(answer(answers.receiving));
    const port = udpPort(answers.sending);
    const connected = await Promise.all([sending, receiving].map((pc) => connects(pc, signal)));
    if (connected.includes(false)) return { ...NOTHING, port };
    return { ...(await measure(sending, receiving, signal)), port };
  } finally {
    picture.stop();
    sending.close();
    receiving.close();
  }
}

const NOTHING = {
  connected: false,
  relayed: false,
  sendBps: 0,
  receiveBps: 0,
  loss: 0,
  roundTripMs: null,
};

function connection({ iceServers }: ConnectionTestOptions): RTCPeerConnection {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
  setIceServers(pc, iceServers);
  return pc;
}

function answer(sdp: string): RTCSessionDescriptionInit {
  return { type: "answer", sdp };
}

/** Whether media can flow, as soon as that is known. */
async function connects(pc: RTCPeerConnection, signal: AbortSignal): Promise<boolean> {
  const known = new Promise<void>((tell) => {
    pc.onconnectionstatechange = () => {
      if (["connected", "failed"].includes(pc.connectionState)) tell();
    };
    pc.onconnectionstatechange(new Event("connectionstatechange"));
  });
  await passes(CONNECT_MS, signal, known);
  return pc.connectionState === "connected";
}

async function measure(
  sending: RTCPeerConnection,
  receiving: RTCPeerConnection,
  signal: AbortSignal,
): Promise<Omit<Measurement, "port">> {
  await passes(WARM_UP_MS, signal);
  const before = await Promise.all([sampled(sending), sampled(receiving)]);
  await passes(MEASURE_MS, signal);
  const after = await Promise.all([sampled(sending), sampled(receiving)]);
  const up = between(before[0].sample, after[0].sample);
  const down = between(before[1].sample, after[1].sample);
  return {
    connected: true,
    relayed: after.some(({ relayed }) => relayed),
    sendBps: up.sendBps,
    receiveBps: down.receiveBps,
    loss: Math.max(up.loss, down.loss),
    roundTripMs: up.roundTripMs ?? down.roundTripMs,
  };
}

async function sampled(pc: RTCPeerConnection): Promise<{ sample: Sample; relayed: boolean }> {
  const entries = [...(await pc.getStats()).values()];
  return { sample: sample(entries, Date.now()), relayed: isRelayed(entries) };
}

/** The way that is used goes through a TURN server. */
export function isRelayed(
  entries: readonly { type: string; id?: string; [field: string]: unknown }[],
): boolean {
  const used = entries.filter(
    ({ type, nominated, state }) =>
      type === "candidate-pair" && nominated === true && state === "succeeded",
  );
  return used.some(({ localCandidateId }) =>
    entries.some(({ id, candidateType }) => id === localCandidateId && candidateType === "relay"),
  );
}

/** Ends with `sooner` at the latest; rejects with the reason of `signal` as soon as it aborts. */
function passes(ms: number, signal: AbortSignal, sooner?: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
    if (signal.aborted) over();
    void sooner?.then(over);
  });
}
