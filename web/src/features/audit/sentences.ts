import type { ListedAuditEntry } from "../../shared/api/schema";
import { type MessageKey, t } from "../../shared/i18n";

type Action = ListedAuditEntry["action"];
type Flat<Word extends string> = Word extends `${infer Subject}.${infer Verb}`
  ? `${Subject}_${Verb}`
  : never;

/** What an event says. Without words for an action, the compiler names the one that lacks them. */
export function sentence(entry: ListedAuditEntry): string {
  const key: MessageKey = `auditSentence.${flat(entry.action)}`;
  const words = t(key, {
    who: who(entry),
    what: what(entry),
    person: entry.person_name ?? t("auditLog.somebody"),
    key: String(entry.detail.key ?? ""),
  });
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** Who did it, as far as the log knows. */
export function who({ actor_name, actor_id, action, address, detail }: ListedAuditEntry): string {
  const name = actor_name ?? actor_id;
  if (name) return name;
  if (typeof detail.account === "string")
    return t("auditLog.operator", { account: detail.account });
  return t(address || action === "user.sign_in_failed" ? "auditLog.stranger" : "auditLog.server");
}

/** Why, in the words of whoever did it. What was refused has a code in that place. */
export function reason({ outcome, detail }: ListedAuditEntry): string | null {
  return outcome !== "refused" && typeof detail.reason === "string" ? detail.reason : null;
}

/** How often it happened again within a minute. */
export function repeats({ detail }: ListedAuditEntry): number {
  return typeof detail.count === "number" ? detail.count : 0;
}

/** What it is about: the recording, where it names one or is of those that tell of one. */
function what({ action, recording_id, call }: ListedAuditEntry): string {
  const isOfRecording = recording_id !== null || /^(recording|key)\./.test(action);
  const names = call && { patient: call.patient_name, provider: call.provider_name };
  if (isOfRecording && !/(_the_record|\.asked)$/.test(action))
    return names ? t("auditLog.recordingOf", names) : t("auditLog.someRecording");
  return names ? t("auditLog.call", names) : t("auditLog.someCall");
}

function flat<Word extends Action>(action: Word): Flat<Word> {
  return action.replace(".", "_") as Flat<Word>;
}
