import { type MessageKey, t } from "../i18n";
import type { ErrorCode } from "./schema";
import {
  type Refusal,
  type Say,
  said,
  saidAtStart,
  type Told,
  type ToldAtStart,
  wordsOf,
} from "./words";

/**
 * What a person is told who is signed in; the compiler asks for words for every code of the server.
 */
const WORDS: Readonly<Record<Exclude<ErrorCode, ToldAtStart>, MessageKey>> = {
  already_accepted: "refusals.callAccepted",
  bad_offer: "refusals.offerRefused",
  call_over: "refusals.callOver",
  call_still_ringing: "refusals.callRinging",
  no_emergency: "refusals.noEmergency",
  not_joined: "refusals.notJoined",
  patient_busy: "refusals.patientBusy",
  provider_busy: "refusals.providerBusy",
  unknown_patient: "refusals.patientUnknown",
  call_full: "refusals.callFull",
  participant_busy: "refusals.personBusy",
  side_not_possible: "refusals.personUnknown",
  unknown_participant: "refusals.participantGone",
  unknown_person: "refusals.personUnknown",
  unknown_room: "refusals.callUnknown",
  hold_released: "refusals.holdReleased",
  audit_entry_not_signed: "refusals.entryNotSigned",
  audit_key_missing: "refusals.logKeyMissing",
  request_answered: "refusals.requestAnswered",
  request_settled: "refusals.requestSettled",
  request_waits: "refusals.requestWaits",
  unknown_request: "refusals.requestUnknown",
  unknown_audit_entry: "refusals.entryUnknown",
  consent_text_changed: "refusals.textChanged",
  consent_text_missing: "refusals.textChanged",
  nothing_to_play: "refusals.nothingToPlay",
  playback_expired: "refusals.playbackExpired",
  recording_damaged: "refusals.recordingDamaged",
  recording_erased: "refusals.recordingErased",
  recording_on_hold: "refusals.recordingOnHold",
  recording_running: "refusals.recordingRunning",
  erasure_unavailable: "refusals.cannotErase",
  recording_key_away: "refusals.recordingKeyAway",
  recording_key_missing: "refusals.recordingKeyMissing",
  recording_not_uploaded: "refusals.recordingNotUploaded",
  recording_store_away: "refusals.recordingStoreAway",
  reason_needed: "refusals.reasonNeeded",
  recording_sealed: "refusals.recordingSealed",
  recording_not_enabled: "refusals.notRecorded",
  recording_unavailable: "refusals.cannotRecord",
  unknown_hold: "refusals.holdUnknown",
  unknown_consent: "refusals.consentUnknown",
  unknown_part: "refusals.partUnknown",
  unknown_recording: "refusals.recordingUnknown",
  server_stopping: "refusals.stopping",
};

const WITH_REASON = {
  "call_over/declined": "refusals.callDeclined",
  "call_over/failed": "refusals.callFailed",
  "call_over/missed": "refusals.callMissed",
  "call_still_ringing/join": "refusals.acceptFirst",
  "recording_unavailable/folder_away": "refusals.recordingFolderAway",
  "recording_unavailable/no_key": "refusals.noRecordingKey",
  "recording_unavailable/no_space": "refusals.recordingNoSpace",
  "too_many_requests/consent": "refusals.consentTooOften",
  "too_many_requests/emergency": "refusals.alertStands",
} as const satisfies Partial<Record<Told, MessageKey>>;

const say: Say = (refusal) =>
  said({ ...WORDS, ...WITH_REASON }, t, refusal) ?? saidAtStart(refusal);

/** One sentence for a person about an error. */
export function words(error: unknown): string {
  return wordsOf(error, say);
}

/** One sentence for a person about what the server refused. */
export function refusalWords(refusal: Refusal): string {
  return say(refusal) ?? t("errors.unknown");
}

/** What holds of a recording that cannot be made, such as `no_key`. */
export function cannotRecordWords(reason: string | null): string {
  return refusalWords({ code: "recording_unavailable", reason });
}
