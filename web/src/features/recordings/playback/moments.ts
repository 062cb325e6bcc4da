/** What happened on the time line of a recording: who said what about it, and how it came over. */

import type { ConnectionStretch, Timeline, TimelineEvent } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { formatPosition } from "../../../shared/i18n/format";
import type { Gap, Stretch } from "./timeline";

export type Kind = TimelineEvent["kind"] | "gap" | "connection";

/** One line of the list, in ms on the recording's time line. */
export interface Moment {
  readonly kind: Kind;
  readonly at: number;
  /** Of what lasts. */
  readonly until?: number;
  readonly words: string;
  /** Somebody looks for it: the keys for the next and the previous one stop there. */
  readonly isStop: boolean;
}

/** All of them, in the order of time; what happened before the beginning has a place below 0. */
export function momentsOf(
  { events, connections }: Timeline,
  gaps: readonly Gap[],
  length: number,
): readonly Moment[] {
  const said = events.map(
    ({ kind, at_ms, name }): Moment => ({
      kind,
      at: Math.min(length, at_ms),
      words: t(`moments.step.${kind}`, { name }),
      isStop: at_ms >= 0,
    }),
  );
  const silent = gaps.map(
    ({ start, end, words }): Moment => ({
      kind: "gap",
      at: start,
      until: end,
      words: t("moments.nothing", { why: words }),
      isStop: true,
    }),
  );
  const connected = stretchesOf(connections, length).map(
    ({ start, end, name, condition }): Moment => ({
      kind: "connection",
      at: start,
      until: end,
      words: t(`moments.connection.${condition}`, { name }),
      isStop: condition === "poor" || condition === "lost",
    }),
  );
  return [...said, ...silent, ...connected].sort((a, b) => a.at - b.at);
}

/** How well somebody was connected, for as long as the recording lasts. */
export interface Connection extends Stretch {
  readonly userId: string;
  readonly name: string;
  readonly condition: ConnectionStretch["condition"];
}

export function stretchesOf(
  connections: readonly ConnectionStretch[],
  length: number,
): readonly Connection[] {
  return connections
    .map(({ user_id, name, condition, begin_ms, end_ms }) => ({
      userId: user_id,
      name,
      condition,
      start: begin_ms,
      end: Math.min(length, end_ms ?? length),
    }))
    .filter(({ start, end }) => end > start);
}

/** The same by person, in the order in which they first appear. */
export function bandsOf(
  connections: readonly ConnectionStretch[],
  length: number,
): readonly (readonly Connection[])[] {
  const bands = new Map<string, Connection[]>();
  for (const each of stretchesOf(connections, length))
    bands.set(each.userId, [...(bands.get(each.userId) ?? []), each]);
  return [...bands.values()];
}

/** What is drawn as one mark, since its parts would lie on each other. */
export interface Mark {
  readonly at: number;
  readonly moments: readonly Moment[];
}

/** What was said, as marks of that `size` (px) on a line of that `width`. */
export function marksOf(
  moments: readonly Moment[],
  length: number,
  width: number,
  size: number,
): readonly Mark[] {
  const reach = width > 0 ? (size / width) * length : 0;
  const marks: { at: number; moments: Moment[] }[] = [];
  for (const moment of moments) {
    if (moment.kind === "gap" || moment.kind === "connection") continue;
    const at = Math.max(0, moment.at);
    const last = marks.at(-1);
    if (last && at - last.at < reach) last.moments.push(moment);
    else marks.push({ at, moments: [moment] });
  }
  return marks;
}

/** Who has just come to one does not stay there (ms): it plays on meanwhile. */
const JUST_NOW = 1500;

/**
 * Whoever was led to one is at it (ms), though a film tells a position that is off by as much as it
 * rounds.
 */
const AT_IT = 20;

/** Where the next one is, or the previous one; undefined, if there is none. */
export function stopFrom(
  moments: readonly Moment[],
  position: number,
  direction: 1 | -1,
): Moment | undefined {
  const stops = moments.filter(({ isStop }) => isStop);
  return direction === 1
    ? stops.find(({ at }) => at > position + AT_IT)
    : stops.findLast(({ at }) => at < position - JUST_NOW);
}

/** "0:12", "0:12 to 1:05" or that it was before the beginning. */
export function whenWords({ at, until }: Moment): string {
  if (at < 0) return t("moments.before");
  const [from, to] = [formatPosition(at), formatPosition(until ?? at)];
  return from === to ? from : t("lacks.place", { from, to });
}
