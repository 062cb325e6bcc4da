import type { RelayStatistics, TrackStatistics } from "../../shared/api/schema";

/** How many samples are kept: an hour at one a second. */
export const SAMPLES = 3600;
/** How many tracks at most, at 58 kB each; of those that are gone the oldest are dropped first. */
export const TRACES = 256;

export const METRICS = ["bitrate", "loss", "jitter", "rtt"] as const;
/** Bits per second; fraction, 0 to 1; milliseconds; milliseconds. */
export type Metric = (typeof METRICS)[number];

/** One track, live or gone, and what was measured of it. */
export interface Trace {
  readonly key: string;
  readonly room: string;
  readonly participant: string;
  readonly direction: TrackStatistics["direction"];
  readonly source: TrackStatistics["source"];
  /**
   * The lowest number that no other trace of its direction has: it keeps its colour while others
   * come and go.
   */
  readonly number: number;
  /** Rings beside `History.times`; NaN where there was nothing to measure. */
  readonly values: Readonly<Record<Metric, Float32Array>>;
  /** What flowed of a layered camera; none: it has no layers. */
  layer: string | null;
  /** When it was last there, in seconds. */
  seenAt: number;
}

/** What the page has seen of every track over the last hour. */
export class History {
  /** Seconds since 1970 by the server's clock: a ring whose next place is `length % SAMPLES`. */
  readonly times = new Float64Array(SAMPLES);
  readonly traces = new Map<string, Trace>();
  /** How many samples there ever were. */
  length = 0;

  /** Seconds since 1970; 0 before the first sample. */
  get latest(): number {
    return this.length === 0 ? 0 : (this.times[(this.length - 1) % SAMPLES] ?? 0);
  }

  /** Takes over one answer of the server. One as old as the last is not counted twice. */
  add(statistics: RelayStatistics): void {
    const at = Date.parse(statistics.at) / 1000;
    if (at < this.latest - 60) this.#clear();
    if (at <= this.latest) return;
    const place = this.length % SAMPLES;
    this.times[place] = at;
    for (const { values } of this.traces.values())
      for (const metric of METRICS) values[metric][place] = NaN;
    for (const [trace, track] of this.#tracks(statistics)) {
      trace.seenAt = at;
      trace.layer = track.layer ?? null;
      trace.values.bitrate[place] = track.bitrate_bps;
      trace.values.loss[place] = track.loss_fraction;
      trace.values.jitter[place] = track.jitter_ms;
      trace.values.rtt[place] = track.rtt_ms ?? NaN;
    }
    this.length++;
    this.#forget();
  }

  /** The server's clock was set back: what was before cannot stand beside what comes. */
  #clear() {
    this.length = 0;
    this.traces.clear();
  }

  *#tracks({ rooms }: RelayStatistics): Generator<[Trace, TrackStatistics]> {
    for (const { label: room, participants } of rooms) {
      for (const { label: participant, tracks } of participants) {
        const counts = new Map<string, number>();
        for (const track of tracks) {
          const kind = `${track.direction} ${track.source}`;
          const nth = counts.get(kind) ?? 0;
          counts.set(kind, nth + 1);
          const key = `${room} ${participant} ${kind} ${nth}`;
          yield [this.#trace(key, room, participant, track), track];
        }
      }
    }
  }

  #trace(
    key: string,
    room: string,
    participant: string,
    { direction, source }: TrackStatistics,
  ): Trace {
    const known = this.traces.get(key);
    if (known) return known;
    const ring = () => new Float32Array(SAMPLES).fill(NaN);
    const values = { bitrate: ring(), loss: ring(), jitter: ring(), rtt: ring() };
    const number = this.#freeNumber(direction);
    const trace: Trace = {
      key,
      room,
      participant,
      direction,
      source,
      number,
      values,
      layer: null,
      seenAt: 0,
    };
    this.traces.set(key, trace);
    return trace;
  }

  #freeNumber(direction: Trace["direction"]): number {
    const taken = new Set(
      [...this.traces.values()]
        .filter((trace) => trace.direction === direction)
        .map((trace) => trace.number),
    );
    let number = 0;
    while (taken.has(number)) number++;
    return number;
  }

  #forget() {
    const gone = [...this.traces.values()].filter(({ seenAt }) => seenAt < this.latest);
    gone.sort((a, b) => a.seenAt - b.seenAt);
    for (const trace of gone) {
      if (trace.seenAt >= this.latest - SAMPLES && this.traces.size <= TRACES) break;
      this.traces.delete(trace.key);
    }
  }
}

/** Bits per second over all tracks of one direction. */
export function totalBitrate(
  { rooms }: RelayStatistics,
  direction: TrackStatistics["direction"],
): number {
  return rooms
    .flatMap((room) => room.participants)
    .flatMap((participant) => participant.tracks)
    .filter((track) => track.direction === direction)
    .reduce((sum, track) => sum + track.bitrate_bps, 0);
}
