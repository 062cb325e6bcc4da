import type { History, Trace } from "./history";

/** So many lines can still be told apart in one chart. */
export const MOST_LINES = 24;

export interface Scope {
  /** Rooms to choose from: those with a track since `start`, live ones first. */
  readonly rooms: readonly string[];
  /** Whether all of them together may be shown. */
  readonly all: boolean;
  /** The room shown; none: all. */
  readonly room: string | undefined;
  readonly traces: readonly Trace[];
}

/**
 * What is shown when the reader wishes for a room (none: all), of what was there since `start` (s
 * since 1970).
 */
export function scopeOf(history: History, start: number, wish: string | undefined): Scope {
  const traces = [...history.traces.values()].filter(({ seenAt }) => seenAt >= start);
  const newest = new Map<string, number>();
  for (const { room, seenAt } of traces) newest.set(room, Math.max(seenAt, newest.get(room) ?? 0));
  const rooms = [...newest.keys()].sort(
    (a, b) => (newest.get(b) ?? 0) - (newest.get(a) ?? 0) || a.localeCompare(b),
  );
  const all = traces.length <= MOST_LINES;
  const room = wish !== undefined && newest.has(wish) ? wish : all ? undefined : rooms[0];
  return {
    rooms,
    all,
    room,
    traces: inOrder(traces.filter((trace) => room === undefined || trace.room === room)),
  };
}

/** As people read them: by room, then by participant. */
function inOrder(traces: readonly Trace[]): Trace[] {
  const place = ({ room, participant }: Trace) => `${room} ${participant.padStart(4, "0")}`;
  return traces.toSorted((a, b) => place(a).localeCompare(place(b)));
}
