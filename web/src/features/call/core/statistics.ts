/**
 * The browser's own view of the connection, from getStats(): counters become rates; the server has
 * the words. Pure but for `sample`.
 */
/**
 * Counters since the connection began; `at` in ms. Only fields that Chromium, Firefox and Safari
 * all have.
 */
export interface Sample {
  at: number;
  bytesSent: number;
  bytesReceived: number;
  /**
   * Everything, reports and feedback too: whoever sends hears of the server many times a second.
   */
  heard: number;
  packetsReceived: number;
  packetsLost: number;
  framesDecoded: number;
  /** Fraction of our packets that the server misses, 0..1. */
  uplinkLoss: number;
  /** What the browser holds the picture back to for the sake of the network; null: it need not. */
  heldBackToBps: number | null;
  roundTripMs: number | null;
  jitterMs: number;
  /** What was heard so far on each receiving m-line of sound. */
  voices: Readonly<Record<string, Voice>>;
}

/**
 * Energy and duration (s) of what was played: their quotient is the mean square (webrtc-stats 8.3).
 */
interface Voice {
  energy: number;
  seconds: number;
}

export interface ConnectionStatistics {
  sendBps: number;
  receiveBps: number;
  /** The worse direction, 0..1. */
  loss: number;
  roundTripMs: number | null;
  jitterMs: number;
  framesPerSecond: number;
}

interface Entry {
  type: string;
  [field: string]: unknown;
}

const number = (entry: Entry, field: string): number => {
  const value = entry[field];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
};

export function sample(entries: readonly Entry[], at: number): Sample {
  const heldBackToBps = heldBackTo(entries);
  const totals: Sample = { ...EMPTY, at, heldBackToBps, voices: voicesOf(entries) };
  for (const entry of entries) {
    if (entry.type === "outbound-rtp") totals.bytesSent += number(entry, "bytesSent");
    else if (entry.type === "inbound-rtp") addInbound(totals, entry);
    else if (entry.type === "remote-inbound-rtp") addRemote(totals, entry);
    else if (entry.type === "candidate-pair" && entry.nominated === true) addPair(totals, entry);
  }
  return totals;
}

const EMPTY: Sample = {
  at: 0,
  bytesSent: 0,
  bytesReceived: 0,
  heard: 0,
  packetsReceived: 0,
  packetsLost: 0,
  framesDecoded: 0,
  uplinkLoss: 0,
  heldBackToBps: null,
  roundTripMs: null,
  jitterMs: 0,
  voices: {},
};

/** Chromium's alone: an estimate that limits nothing may be low because little is sent. */
function heldBackTo(entries: readonly Entry[]): number | null {
  const isHeldBack = entries.some(
    ({ type, qualityLimitationReason: reason }) =>
      type === "outbound-rtp" && reason === "bandwidth",
  );
  const pair = entries.find(({ type, nominated }) => type === "candidate-pair" && nominated);
  const available = pair === undefined ? 0 : number(pair, "availableOutgoingBitrate");
  return isHeldBack && available > 0 ? available : null;
}

function voicesOf(entries: readonly Entry[]): Sample["voices"] {
  const heard = entries.filter(({ type, kind }) => type === "inbound-rtp" && kind === "audio");
  return Object.fromEntries(
    heard.map((entry) => [
      String(entry.mid),
      { energy: number(entry, "totalAudioEnergy"), seconds: number(entry, "totalSamplesDuration") },
    ]),
  );
}

/**
 * How loud each receiving m-line was between two samples, as the root mean square of full scale.
 */
export function loudness(earlier: Sample, later: Sample): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(later.voices).map(([mid, { energy, seconds }]) => {
      const before = earlier.voices[mid] ?? { energy: 0, seconds: 0 };
      const lasted = seconds - before.seconds;
      return [mid, lasted > 0 ? Math.sqrt(Math.max(0, energy - before.energy) / lasted) : 0];
    }),
  );
}

function addInbound(totals: Sample, entry: Entry): void {
  totals.bytesReceived += number(entry, "bytesReceived");
  totals.heard += number(entry, "bytesReceived");
  totals.packetsReceived += number(entry, "packetsReceived");
  totals.packetsLost += number(entry, "packetsLost");
  totals.framesDecoded += number(entry, "framesDecoded");
  totals.jitterMs = Math.max(totals.jitterMs, number(entry, "jitter") * 1000);
}

function addRemote(totals: Sample, entry: Entry): void {
  totals.uplinkLoss = Math.max(totals.uplinkLoss, number(entry, "fractionLost"));
  addRoundTrip(totals, number(entry, "roundTripTime"));
}

function addPair(totals: Sample, entry: Entry): void {
  addRoundTrip(totals, number(entry, "currentRoundTripTime"));
  totals.heard += number(entry, "bytesReceived");
}

function addRoundTrip(totals: Sample, seconds: number): void {
  if (seconds > 0) totals.roundTripMs = Math.max(totals.roundTripMs ?? 0, seconds * 1000);
}

/**
 * What happened between two samples; counters that went back (a rebuilt connection) count as
 * nothing.
 */
export function between(earlier: Sample, later: Sample): ConnectionStatistics {
  const seconds = Math.max(0.001, (later.at - earlier.at) / 1000);
  const grown = (field: keyof Sample) => Math.max(0, Number(later[field]) - Number(earlier[field]));
  const expected = grown("packetsReceived") + grown("packetsLost");
  return {
    sendBps: (grown("bytesSent") * 8) / seconds,
    receiveBps: (grown("bytesReceived") * 8) / seconds,
    loss: Math.max(later.uplinkLoss, expected === 0 ? 0 : grown("packetsLost") / expected),
    roundTripMs: later.roundTripMs,
    jitterMs: later.jitterMs,
    framesPerSecond: grown("framesDecoded") / seconds,
  };
}
