import { type History, METRICS, type Metric, SAMPLES, type Trace } from "./history";

/** How many points a line has, whatever time it spans: as many as a chart can show apart. */
export const COLUMNS = 300;
/** Seconds that a chart may span. */
export const SPANS = [300, 900, 3600] as const;
export type Span = (typeof SPANS)[number];

/** Seconds without a sample that are bridged: answers do not come exactly a second apart. */
const BRIDGED = 5;

type Line = readonly (number | null)[];

/** What a chart draws and its table tells. */
export interface Columns {
  /** Seconds between two points. */
  readonly step: number;
  /** Where each begins, in seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly {
    readonly trace: Trace;
    readonly values: Readonly<Record<Metric, Line>>;
  }[];
}

/**
 * Changes when there is something new to draw: an hour's chart moves once in twelve seconds only.
 */
export function lastColumn({ latest }: History, span: Span): number {
  const step = span / COLUMNS;
  return Math.floor((latest + 1) / step);
}

/**
 * The traces that have a value in the span, on a grid of fixed times, so that lines slide and do
 * not flicker.
 */
export function columns(history: History, span: Span, traces: readonly Trace[]): Columns {
  const step = span / COLUMNS;
  const start = lastColumn(history, span) * step - span;
  const grid = gridOf(history, start, step);
  const times = Array.from({ length: COLUMNS }, (_, column) => start + column * step);
  const lines = traces
    .filter(({ seenAt }) => seenAt >= start)
    .map((trace) => {
      const line = (metric: Metric) =>
        reduce(trace.values[metric], grid, metric, Math.floor(BRIDGED / step));
      const values = Object.fromEntries(METRICS.map((metric) => [metric, line(metric)]));
      return { trace, values: values as Record<Metric, Line> };
    });
  return { step, times, lines };
}

/** Which places of the rings fall into each column, oldest first. */
function gridOf(history: History, start: number, step: number): number[][] {
  const grid: number[][] = Array.from({ length: COLUMNS }, () => []);
  const oldest = Math.max(0, history.length - SAMPLES);
  for (let sample = history.length - 1; sample >= oldest; sample--) {
    const place = sample % SAMPLES;
    const column = Math.floor(((history.times[place] ?? 0) - start) / step);
    if (column < 0) break;
    grid[column]?.unshift(place);
  }
  return grid;
}

/**
 * The average bitrate of each column, or the worst of anything else: a peak must not vanish in an
 * average.
 */
function reduce(
  ring: Float32Array,
  grid: readonly number[][],
  metric: Metric,
  bridged: number,
): Line {
  const line: (number | null)[] = [];
  let [last, missing]: [number | null, number] = [null, 0];
  for (const places of grid) {
    if (places.length > 0) {
      last = summary(
        places.map((place) => ring[place] ?? NaN).filter((value) => !Number.isNaN(value)),
        metric,
      );
      missing = 0;
    } else if (++missing > bridged) last = null;
    line.push(last);
  }
  return line;
}

function summary(values: readonly number[], metric: Metric): number | null {
  if (values.length === 0) return null;
  if (metric !== "bitrate") return Math.max(...values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
