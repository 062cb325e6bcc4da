/** What a recording does not hold: where, of whom and why. Pure. */

import type { Losses, PauseRequest, RecordingGap, RecordingPart } from "../../shared/api/schema";
import { type MessageKey, t } from "../../shared/i18n";
import { formatDuration, formatList, formatPosition } from "../../shared/i18n/format";
import type { Gap } from "./playback/timeline";

interface Contents {
  gaps: readonly RecordingGap[] | null;
  parts: readonly RecordingPart[];
}

/** So long after a request was taken back, the recording has gone on. */
const SETTLES_MS = 3000;

/** One stretch, in ms on the recording's time line. */
export interface Lack {
  readonly from: number;
  readonly to: number;
  /** Whose; null: nothing was recorded of anybody. */
  readonly name: string | null;
  readonly words: MessageKey;
  /** Whoever asked for it, and when, on the same time line. */
  readonly asked?: readonly PauseRequest[];
}

/** All of them, in the order of time. */
export function lacksOf({ gaps, parts }: Contents): readonly Lack[] {
  const ofAll = (gaps ?? []).map(lackOfAll);
  return [...ofAll, ...parts.flatMap(lacksOfPart)].sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Where the player has nothing of anybody to show. */
export function playerGaps(gaps: Contents["gaps"]): Gap[] {
  return lacksOf({ gaps, parts: [] }).map((lack) => ({
    start: lack.from,
    end: lack.to,
    words: lackWords(lack),
    onRequest: lack.asked !== undefined,
  }));
}

function lackOfAll({ offset_ms, duration_ms, reason, requests }: RecordingGap): Lack {
  const asked = requests ?? [];
  return {
    from: offset_ms,
    to: offset_ms + duration_ms,
    name: null,
    words: `lacks.everybody.${asked.length > 0 ? "off_the_record" : reason}`,
    ...(asked.length > 0 && { asked }),
  };
}

/** In a sentence. Where a request is not the whole of it, it says when each of them stood. */
export function lackWords({ to, words, asked = [] }: Lack): string {
  const times = (from: number, to: number) =>
    t("lacks.place", { from: formatPosition(from), to: formatPosition(to) });
  const whole = asked.length === 1 && asked.every(({ end_ms }) => to - end_ms < SETTLES_MS);
  const names = asked.map(({ name, begin_ms, end_ms }) =>
    whole ? name : `${name} (${times(begin_ms, end_ms)})`,
  );
  return t(words, { names: formatList(names) });
}

function lacksOfPart({ losses, offset_ms, participant_name }: RecordingPart): Lack[] {
  return (losses?.gaps ?? []).map(({ begin_ms, end_ms, medium, cause }) => ({
    from: offset_ms + begin_ms,
    to: offset_ms + end_ms,
    name: participant_name,
    words: `lacks.${medium}.${cause}` as const,
  }));
}

/** What has no place on the time line, or is not known, as one sentence each. */
export function remarksOf({ parts }: Contents): readonly string[] {
  const names = [...new Set(parts.map(({ participant_name }) => participant_name))];
  return names.flatMap((name) => {
    const own = parts.filter(({ participant_name }) => participant_name === name);
    const all = own.flatMap(({ losses }) => losses ?? []);
    const sum = (count: (losses: Losses) => number) =>
      all.reduce((total, losses) => total + count(losses), 0);
    const said: string[] = [];
    const places = sum(({ gaps_left_out }) => gaps_left_out);
    if (places > 0) said.push(t("lacks.places", { count: places, name }));
    const packets = sum(missingPackets);
    if (packets > 0) said.push(t("lacks.packets", { count: packets, name }));
    const pictures = sum(({ discarded_pictures }) => discarded_pictures);
    if (pictures > 0) said.push(t("lacks.pictures", { count: pictures, name }));
    const sound = sum(({ discarded_sound_ms }) => discarded_sound_ms);
    if (sound >= 1000) said.push(t("lacks.soundLeft", { duration: formatDuration(sound), name }));
    if (own.some(isUnknown)) said.push(t("lacks.unknownOf", { name }));
    return said;
  });
}

/** Late ones are among those that did not come in time. */
function missingPackets({ lost_packets, unreadable_packets, overrun_packets }: Losses): number {
  return lost_packets + unreadable_packets + overrun_packets;
}

function isUnknown({ losses, state }: RecordingPart): boolean {
  return losses === null || state === "lost";
}

/** Whether it holds all that was sent in the call; null: nobody knows. Silence is no lack. */
export function isWhole(contents: Contents): boolean | null {
  const { gaps, parts } = contents;
  const lacks = lacksOf(contents).some(({ words }) => !words.endsWith(".not_sent"));
  const counted = parts.some(
    ({ losses }) =>
      losses !== null &&
      missingPackets(losses) + losses.discarded_pictures + losses.discarded_sound_ms > 0,
  );
  if (lacks || counted || parts.some(({ state }) => state === "lost")) return false;
  return gaps === null || parts.some(isUnknown) ? null : true;
}
