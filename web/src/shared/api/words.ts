import { type MessageKey, t } from "../i18n/start";
import type { Values } from "../i18n/translate";
import { ApiError } from "./client";
import type { ErrorCode, Problem } from "./schema";

/** What the server tells of an error for programs, over HTTP and on the WebSocket alike. */
export type Refusal = Pick<Problem, "code"> & Partial<Pick<Problem, "reason" | "parameters">>;

/** What a person is told. The server's own sentences are for whoever programs, and never shown. */
const WORDS: Readonly<Record<ErrorCode | "network" | "bad_reply", MessageKey>> = {
  network: "errors.network",
  bad_reply: "errors.badReply",

  bad_request: "errors.misunderstood",
  body_timeout: "errors.network",
  content_too_large: "errors.misunderstood",
  expectation_failed: "errors.misunderstood",
  header_too_large: "errors.misunderstood",
  invalid_body: "errors.misunderstood",
  invalid_cursor: "errors.misunderstood",
  invalid_json: "errors.misunderstood",
  invalid_message: "errors.misunderstood",
  invalid_parameter: "errors.misunderstood",
  length_required: "errors.misunderstood",
  method_not_allowed: "errors.misunderstood",
  not_acceptable: "errors.misunderstood",
  not_implemented: "errors.misunderstood",
  precondition_failed: "errors.misunderstood",
  range_not_satisfiable: "errors.misunderstood",
  request_timeout: "errors.network",
  unexpected_answer: "errors.misunderstood",
  unsupported_media_type: "errors.misunderstood",
  upgrade_required: "errors.misunderstood",
  uri_too_long: "errors.misunderstood",

  already_signed_in: "errors.misunderstood",
  foreign_origin: "errors.misunderstood",
  invalid_token: "errors.token",
  not_your_socket: "errors.signedOut",
  session_expired: "errors.signedOut",
  sign_in_required: "errors.signedOut",
  token_expired: "errors.signedOut",
  token_required: "errors.token",
  unknown_role: "errors.token",
  user_conflict: "errors.userConflict",
  user_disabled: "errors.userDisabled",
  wrong_credentials: "errors.wrongPassword",

  forbidden: "errors.forbidden",
  not_found: "errors.notFound",
  too_many_attempts: "errors.tooManyFor",
  too_many_messages: "errors.tooMany",
  too_many_requests: "errors.tooManyFor",

  already_accepted: "errors.callAccepted",
  bad_offer: "errors.offerRefused",
  call_over: "errors.callOver",
  call_still_ringing: "errors.callRinging",
  no_emergency: "errors.noEmergency",
  not_joined: "errors.notJoined",
  patient_busy: "errors.patientBusy",
  provider_busy: "errors.providerBusy",
  unknown_patient: "errors.patientUnknown",
  call_full: "errors.callFull",
  participant_busy: "errors.personBusy",
  side_not_possible: "errors.personUnknown",
  unknown_participant: "errors.participantGone",
  unknown_person: "errors.personUnknown",
  unknown_room: "errors.callUnknown",

  nothing_to_play: "errors.nothingToPlay",
  playback_expired: "errors.playbackExpired",
  recording_damaged: "errors.recordingDamaged",
  recording_key_missing: "errors.recordingKeyMissing",
  recording_not_enabled: "errors.notRecorded",
  recording_unavailable: "errors.cannotRecord",
  unknown_part: "errors.partUnknown",
  unknown_recording: "errors.recordingUnknown",

  database_unavailable: "errors.unavailable",
  internal_error: "errors.internal",
  pages_not_built: "errors.unavailable",
  server_stopping: "errors.stopping",
  storage_error: "errors.unavailable",
  timeout: "errors.unavailable",
  unavailable: "errors.unavailable",
};

/** Where the reason is worth a sentence of its own. */
const WITH_REASON: Readonly<Record<string, MessageKey>> = {
  "call_over/declined": "errors.callDeclined",
  "call_over/failed": "errors.callFailed",
  "call_over/missed": "errors.callMissed",
  "call_still_ringing/join": "errors.acceptFirst",
  "invalid_token/expired": "errors.signedOut",
  "recording_unavailable/folder_away": "errors.recordingFolderAway",
  "recording_unavailable/no_key": "errors.noRecordingKey",
  "recording_unavailable/no_space": "errors.recordingNoSpace",
  "too_many_requests/consent": "errors.consentTooOften",
  "too_many_requests/emergency": "errors.alertStands",
  "too_many_requests/unknown_time": "errors.tooMany",
};

/** Of an answer that is not from the server itself, but from a proxy before it. */
const BY_STATUS: Readonly<Record<number, MessageKey>> = {
  401: "errors.signedOut",
  403: "errors.forbidden",
  404: "errors.notFound",
  409: "errors.conflict",
  429: "errors.tooMany",
  502: "errors.network",
  503: "errors.unavailable",
  504: "errors.network",
};

/** One sentence for a person about an error. */
export function words(error: unknown): string {
  if (!(error instanceof ApiError)) return t("errors.unknown");
  return said(error) ?? t(BY_STATUS[error.status] ?? "errors.unknown");
}

/** One sentence for a person about what the server refused. */
export function refusalWords(refusal: Refusal): string {
  return said(refusal) ?? t("errors.unknown");
}

/** What holds of a recording that cannot be made, such as `no_key`. */
export function cannotRecordWords(reason: string | null): string {
  return refusalWords({ code: "recording_unavailable", reason });
}

function said({ code, reason, parameters }: Refusal): string | undefined {
  const key = WITH_REASON[`${code}/${reason ?? ""}`] ?? find(WORDS, code);
  return key && t(key, values(parameters ?? {}));
}

function find(table: Readonly<Record<string, MessageKey>>, code: string): MessageKey | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}

/** The parameters as they stand in sentences; seconds to wait choose the plural. */
function values(parameters: NonNullable<Refusal["parameters"]>): Values {
  const shown = Object.entries(parameters).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return { ...Object.fromEntries(shown), count: Number(parameters.seconds ?? 0) };
}
