import { type MessageKey, t } from "../../shared/i18n";

const WORDS: Readonly<Record<string, MessageKey>> = {
  "recording.listed": "audit.listed",
  "recording.viewed": "audit.viewed",
  "recording.played": "audit.played",
  "recording.downloaded": "audit.downloaded",
  "recording.denied": "audit.denied",
  "recording.started": "audit.started",
  "recording.stopped": "audit.stopped",
  "recording.completed": "audit.completed",
  "recording.damaged": "audit.damaged",
  "recording.recovered": "audit.recovered",
  "recording.failed": "audit.failed",
};

/** An action of the audit log in words; one this page does not know is shown as it is, never hidden. */
export function actionWords(action: string): string {
  const key = WORDS[action];
  return key ? t(key) : action;
}
