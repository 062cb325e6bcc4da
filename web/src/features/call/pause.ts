/** Whose decision a paused recording waits for, in words. */

import { t } from "../../shared/i18n";
import { formatList } from "../../shared/i18n/format";
import { type CallState, recordingPhase, undecided } from "./core/machine";

/** null: it runs, or waits for something else. */
export function pauseWords(state: CallState): string | null {
  const waitedFor = undecided(state);
  if (recordingPhase(state) !== "paused" || waitedFor.length === 0) return null;
  if (waitedFor.some(({ user_id }) => user_id === state.userId))
    return t("call.recording.waitsForYou");
  const names = formatList(waitedFor.map(({ name }) => name));
  return t("call.recording.waitsFor", { count: waitedFor.length, names });
}
