import { type MessageKey, t } from "../../shared/i18n";

const WORDS: Readonly<Record<string, MessageKey>> = {
  off: "recorderState.off",
  awaiting_consent: "recorderState.awaiting_consent",
  recording: "recorderState.recording",
  paused: "recorderState.paused",
  stopped: "recorderState.stopped",
  failed: "recorderState.failed",
};

/** What the recorder does, in words; a state this page does not know is shown as it is. */
export function recorderWords(state: string): string {
  const key = WORDS[state];
  return key ? t(key) : state;
}
