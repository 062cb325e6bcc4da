import type { RecordingPart } from "../../../shared/api/schema";

/** In ms on the recording's time line. */
export interface Stretch {
  start: number;
  end: number;
}

/** Where nothing was recorded of anybody, and why. */
export interface Gap extends Stretch {
  readonly words: string;
  /** Somebody asked to be off the record. */
  readonly onRequest: boolean;
}

/** One stretch of a lane. */
export interface Segment extends Stretch {
  part: RecordingPart;
}

/** Everything one participant sent from one source: the picture and voice, or the screen. */
export interface Lane {
  key: string;
  participantId: string;
  name: string;
  role: RecordingPart["participant_role"];
  source: RecordingPart["source"];
  segments: readonly Segment[];
}

/**
 * Shorter than this (ms) is no absence: a part that follows at once begins up to 20 ms after the
 * one before.
 */
const SEAM = 100;

/** A torn part has no length before somebody who has its key has found its end. */
const PLAYABLE: readonly RecordingPart["state"][] = ["sealed", "recovered", "torn"];

/**
 * Lanes in the order in which they are shown: cameras before screens, the provider first, then the
 * patient.
 */
export function lanesOf(parts: readonly RecordingPart[]): readonly Lane[] {
  const lanes = new Map<string, RecordingPart[]>();
  for (const part of parts) {
    if (!PLAYABLE.includes(part.state) || part.duration_ms <= 0) continue;
    const key = `${part.participant_id} ${part.source}`;
    lanes.set(key, [...(lanes.get(key) ?? []), part]);
  }
  return [...lanes.entries()].map(([key, parts]) => laneOf(key, parts)).sort(inOrderShown);
}

function laneOf(key: string, parts: readonly RecordingPart[]): Lane {
  const first = parts[0] as RecordingPart;
  const segments = parts
    .map((part) => ({ part, start: part.offset_ms, end: part.offset_ms + part.duration_ms }))
    .sort((a, b) => a.start - b.start)
    .map((segment, index, all) => {
      const next = all[index + 1];
      return next && next.start > segment.end && next.start - segment.end < SEAM
        ? { ...segment, end: next.start }
        : segment;
    });
  const { participant_id, participant_name, participant_role, source } = first;
  return {
    key,
    participantId: participant_id,
    name: participant_name,
    role: participant_role,
    source,
    segments,
  };
}

function inOrderShown(a: Lane, b: Lane): number {
  const sides = ["provider", "patient"];
  const place = (role: string) => (sides.includes(role) ? sides.indexOf(role) : sides.length);
  const rank = ({ source, role }: Lane) => (source === "screen" ? 3 : 0) + place(role);
  return rank(a) - rank(b);
}

/** Length of the time line in ms. */
export function lengthOf(lanes: readonly Lane[]): number {
  return Math.max(0, ...lanes.flatMap((lane) => lane.segments.map((segment) => segment.end)));
}

/** Where the first of them begins, in ms: before it there is nothing to see or hear. */
export function beginningOf(lanes: readonly Lane[]): number {
  const starts = lanes.flatMap((lane) => lane.segments.map((segment) => segment.start));
  return starts.length > 0 ? Math.min(...starts) : 0;
}

/**
 * What a lane shows at a moment; the later one where two overlap, none where it was not recorded.
 */
export function segmentAt(lane: Lane, position: number): Segment | undefined {
  return lane.segments.findLast(({ start, end }) => start <= position && position < end);
}

/** Where a lane lacks what was sent, in each part as far as that is played. */
export function missingOf(lane: Lane): readonly Stretch[] {
  return lane.segments.flatMap(({ part, start, end }) =>
    (part.losses?.gaps ?? [])
      .filter(({ cause }) => cause !== "not_sent")
      .map(({ begin_ms, end_ms }) => ({
        start: Math.min(end, start + begin_ms),
        end: Math.min(end, start + end_ms),
      })),
  );
}

/** Whether a part holds a picture: a call by voice has none. */
export function hasPicture(part: Pick<RecordingPart, "media_type">): boolean {
  return part.media_type.startsWith("video/");
}
