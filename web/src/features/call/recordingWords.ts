/** What a recording does, waits for or lacks, in words. */

import type { Participant, RecordingReason } from "../../shared/api/signaling/messages";
import { type MessageKey, t } from "../../shared/i18n";
import { formatList } from "../../shared/i18n/format";
import {
  isOffTheRecord,
  isRecordable,
  offTheRecord,
  recordingPhase,
  undecided,
} from "./core/selectors";
import type { CallState } from "./core/state";

const BECAUSE: Readonly<Record<RecordingReason, MessageKey>> = {
  off_the_record: "call.recording.why.paused", // `offWords` says who asked
  disconnected: "call.recording.why.paused",
  settling: "call.recording.settling",
  refused: "call.recording.why.stopped",
  no_space: "call.recording.noSpace",
  not_written: "call.recording.why.failed",
};

/** Whose decision a paused one waits for. null: it runs, or waits for something else. */
export function pauseWords(state: CallState): string | null {
  if (isOffTheRecord(state)) return null;
  const waitedFor = undecided(state);
  const phase = recordingPhase(state);
  const isAwaited = phase === "awaiting_consent" && isRecordable(state);
  if ((phase !== "paused" && !isAwaited) || waitedFor.length === 0) return null;
  if (isAwaited) return askedWords(state, waitedFor);
  if (waitedFor.some(({ user_id }) => user_id === state.userId))
    return t("call.recording.waitsForYou");
  const names = formatList(waitedFor.map(({ name }) => name));
  return t("call.recording.waitsFor", { count: waitedFor.length, names });
}

/** Of a call that runs and was not recorded so far. */
function askedWords(state: CallState, waitedFor: readonly Participant[]): string {
  if (waitedFor.some(({ user_id }) => user_id === state.userId))
    return t("call.recording.undecided");
  const names = formatList(waitedFor.map(({ name }) => name));
  return t("call.recording.asked", { count: waitedFor.length, names });
}

/** Whose call it is, who alone asks to record it. */
export function providerName({ participants }: CallState, other: string): string {
  return participants.find(({ role }) => role === "provider")?.name ?? other;
}

/** Who asked to be off the record, and what that means. */
export function offWords(state: CallState): string {
  const asking = offTheRecord(state);
  const theirs = asking.filter(({ user_id }) => user_id !== state.userId);
  const names = formatList(theirs.map(({ name }) => name));
  if (theirs.length === asking.length)
    return t("call.recording.off.theirs", { names, count: theirs.length });
  return theirs.length === 0
    ? t("call.recording.off.own")
    : t("call.recording.off.both", { names });
}

/** What it does, in a word or two. */
export function stateWord(state: CallState): string {
  return isOffTheRecord(state)
    ? t("call.recording.off.state")
    : t(`call.recording.state.${recordingPhase(state)}`);
}

/** What became of what was recorded before somebody withdrew their consent; empty: nothing was. */
export function earlierWords({ recording: { earlier } }: CallState): string {
  return earlier ? t(`call.recording.earlier.${earlier}`) : "";
}

/** Why it is as it is. */
export function whyWords(state: CallState, isProvider: boolean): string {
  const phase = recordingPhase(state);
  const why = reasonWords(state, isProvider);
  return phase === "stopped" ? `${why} ${earlierWords(state)}`.trim() : why;
}

function reasonWords(state: CallState, isProvider: boolean): string {
  if (isOffTheRecord(state)) return offWords(state);
  const phase = recordingPhase(state);
  if (phase === "awaiting_consent" && !isProvider) return t("call.recording.undecided");
  const { state: told, reason, parameters } = state.recording;
  return phase === told && reason
    ? t(BECAUSE[reason], { count: parameters?.seconds ?? 0 })
    : t(`call.recording.why.${phase}`);
}
