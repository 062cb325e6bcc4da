import type { Distribution, EngineStatistics, RelayStatistics } from "../../shared/api/schema";

/**
 * Seconds that the figures of an engine thread are taken over: a single one holds too few batches
 * for a p99.
 */
const INTERVAL = 10;

/** What one engine thread did between two answers of the server. */
export interface Activity {
  readonly port: number;
  /** A second. */
  readonly received: number;
  readonly forwarded: number;
  /** Datagrams received together; none without any. */
  readonly batch: number | null;
  readonly delays: Delays;
  /** Reason and how many a second, most first; those that did not rise are left out. */
  readonly dropped: readonly (readonly [reason: string, rate: number])[];
}

/** Of batches, from the socket until all was sent. */
export interface Delays {
  /** Seconds, ascending. */
  readonly bounds: readonly number[];
  /** One for each bound, and one beyond them. */
  readonly counts: readonly number[];
  readonly p50: Quantile;
  readonly p99: Quantile;
}

/** Seconds; `beyond`: more than that; null: nothing was measured. */
export type Quantile = { readonly seconds: number; readonly beyond: boolean } | null;

/** The answers of the last seconds, whose differences tell what happened between them. */
export class EngineSamples {
  #kept: { readonly at: number; readonly engines: readonly EngineStatistics[] }[] = [];

  /** Takes over one answer of the server. */
  add({ at, engines }: RelayStatistics): void {
    const seconds = Date.parse(at) / 1000;
    const last = this.#kept.at(-1);
    if (last && (seconds <= last.at || restarted(last.engines, engines))) this.#kept = [];
    this.#kept.push({ at: seconds, engines });
    // The oldest that stays is the one at the interval's beginning.
    while ((this.#kept[1]?.at ?? Infinity) <= seconds - INTERVAL) this.#kept.shift();
  }

  /** Seconds between the first and the last answer; 0 until there are two. */
  get seconds(): number {
    return (this.#kept.at(-1)?.at ?? 0) - (this.#kept[0]?.at ?? 0);
  }

  /** Each engine thread, by port; empty until there are two answers. */
  get activities(): Activity[] {
    const [before, now] = [this.#kept[0], this.#kept.at(-1)];
    if (!before || !now || before === now) return [];
    const ports = new Map(before.engines.map((engine) => [engine.port, engine]));
    return now.engines.flatMap((engine) => {
      const then = ports.get(engine.port);
      return then ? [activity(then, engine, this.seconds)] : [];
    });
  }
}

/** Counters never fall but with a new server, whose ports may be others. */
function restarted(before: readonly EngineStatistics[], now: readonly EngineStatistics[]): boolean {
  const batches = ({ batch_datagrams }: EngineStatistics) => sum(batch_datagrams.counts);
  return (
    before.length !== now.length ||
    before.some((engine, index) => {
      const same = now[index];
      return same?.port !== engine.port || batches(same) < batches(engine);
    })
  );
}

function activity(before: EngineStatistics, now: EngineStatistics, seconds: number): Activity {
  const batches = sum(rise(before.batch_datagrams, now.batch_datagrams));
  const { bounds } = now.forwarding_delay_seconds;
  const counts = rise(before.forwarding_delay_seconds, now.forwarding_delay_seconds);
  return {
    port: now.port,
    received: (now.received_packets - before.received_packets) / seconds,
    forwarded: (now.forwarded_packets - before.forwarded_packets) / seconds,
    batch: batches === 0 ? null : (now.batch_datagrams.sum - before.batch_datagrams.sum) / batches,
    delays: {
      bounds,
      counts,
      p50: quantile(bounds, counts, 0.5),
      p99: quantile(bounds, counts, 0.99),
    },
    dropped: Object.entries(now.dropped_datagrams)
      .map(
        ([reason, count]) =>
          [reason, (count - (before.dropped_datagrams[reason] ?? 0)) / seconds] as const,
      )
      .filter(([, rate]) => rate > 0)
      .sort(([, a], [, b]) => b - a),
  };
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

const rise = (before: Distribution, now: Distribution): number[] =>
  now.counts.map((count, place) => count - (before.counts[place] ?? 0));

/** As Prometheus estimates it: values lie evenly between the bounds of their place. */
export function quantile(
  bounds: readonly number[],
  counts: readonly number[],
  share: number,
): Quantile {
  const wanted = share * sum(counts);
  if (wanted === 0) return null;
  let passed = 0;
  for (const [place, bound] of bounds.entries()) {
    const count = counts[place] ?? 0;
    if (passed + count >= wanted) {
      const lower = bounds[place - 1] ?? 0;
      return { seconds: lower + ((bound - lower) * (wanted - passed)) / count, beyond: false };
    }
    passed += count;
  }
  return { seconds: bounds.at(-1) ?? 0, beyond: true };
}
