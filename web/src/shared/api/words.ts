import { type MessageKey, t } from "../i18n/start";
import { ApiError } from "./client";

/** Codes that the pages can say better than the server's own sentence. */
const BY_CODE: Readonly<Record<string, MessageKey>> = {
  network: "errors.network",
  bad_reply: "errors.badReply",
};

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

/** One sentence for a person about an error: the server's own where it gave one, else by its status. */
export function words(error: unknown): string {
  if (!(error instanceof ApiError)) return t("errors.unknown");
  const byCode = BY_CODE[error.code];
  if (byCode) return t(byCode);
  if (error.detail) return error.detail;
  const byStatus = BY_STATUS[error.status];
  return byStatus ? t(byStatus) : error.title || t("errors.unknown");
}
