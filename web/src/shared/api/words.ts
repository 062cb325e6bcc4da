import { type MessageKey, t } from "../i18n/start";
import type { Values } from "../i18n/translate";
import { ApiError } from "./client";
import type { ErrorCode, Problem } from "./schema";

/** What the server tells of an error for programs, over HTTP and on the WebSocket alike. */
export type Refusal = Pick<Problem, "code"> & Partial<Pick<Problem, "reason" | "parameters">>;

/** A code, or one of its reasons that is worth a sentence of its own. */
export type Told = ErrorCode | "network" | "bad_reply" | `${ErrorCode}/${string}`;

/**
 * What a person is told, as far as pages need it for which nobody is signed in; `refusals.ts` knows
 * the rest. The server's own sentences are for whoever programs, and never shown.
 */
const WORDS = {
  network: "errors.network",
  bad_reply: "errors.badReply",
  body_timeout: "errors.network",
  request_timeout: "errors.network",
  invalid_token: "errors.token",
  not_your_socket: "errors.signedOut",
  session_expired: "errors.signedOut",
  sign_in_required: "errors.signedOut",
  token_expired: "errors.signedOut",
  token_required: "errors.token",
  unknown_role: "errors.token",
  password_too_short: "errors.passwordTooShort",
  unknown_invitation: "errors.invitationUnknown",
  user_conflict: "errors.userConflict",
  user_disabled: "errors.userDisabled",
  wrong_credentials: "errors.wrongPassword",
  forbidden: "errors.forbidden",
  not_found: "errors.notFound",
  too_many_attempts: "errors.tooManyFor",
  too_many_messages: "errors.tooMany",
  too_many_requests: "errors.tooManyFor",
  database_unavailable: "errors.unavailable",
  internal_error: "errors.internal",
  pages_not_built: "errors.unavailable",
  storage_error: "errors.unavailable",
  timeout: "errors.unavailable",
  unavailable: "errors.unavailable",
  "invalid_token/expired": "errors.signedOut",
  "too_many_requests/unknown_time": "errors.tooMany",
} as const satisfies Partial<Record<Told, MessageKey>>;

/**
 * What only a page of another version can bring about; the status of such an answer says enough.
 */
type Technical =
  | "bad_request"
  | "content_too_large"
  | "expectation_failed"
  | "header_too_large"
  | "invalid_body"
  | "invalid_cursor"
  | "invalid_json"
  | "invalid_message"
  | "invalid_parameter"
  | "length_required"
  | "method_not_allowed"
  | "not_acceptable"
  | "not_implemented"
  | "precondition_failed"
  | "range_not_satisfiable"
  | "unexpected_answer"
  | "unsupported_media_type"
  | "upgrade_required"
  | "uri_too_long"
  | "already_signed_in"
  | "foreign_origin";

export type ToldAtStart = keyof typeof WORDS | Technical;

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

/** One sentence for a person about an error, as far as it may come up before signing in. */
export function words(error: unknown): string {
  return wordsOf(error, saidAtStart);
}

/** What is said of it in one of these words; nothing, if they have none. */
export type Say = (refusal: Refusal) => string | undefined;

export const saidAtStart: Say = (refusal) => said(WORDS, t, refusal);

/**
 * The sentence of an error; of an answer that is not from the server itself, that of its status.
 */
export function wordsOf(error: unknown, say: Say): string {
  if (!(error instanceof ApiError)) return t("errors.unknown");
  return (
    say(error) ??
    t(BY_STATUS[error.status] ?? (error.status < 500 ? "errors.misunderstood" : "errors.unknown"))
  );
}

/** The sentence that a table has for a refusal. */
export function said<Key>(
  table: Readonly<Record<string, Key>>,
  translate: (key: Key, values: Values) => string,
  { code, reason, parameters }: Refusal,
): string | undefined {
  const key = find(table, `${code}/${reason ?? ""}`) ?? find(table, code);
  return key && translate(key, values(parameters ?? {}));
}

function find<Key>(table: Readonly<Record<string, Key>>, code: string): Key | undefined {
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
