/** Why somebody opens a recording, by HL7's codes and in words. */

import type { AuditEntry, OpenPlayback } from "../../shared/api/schema";
import { t } from "../../shared/i18n";

export type Purpose = OpenPlayback["purpose"];

export const PURPOSES = [
  "TREAT",
  "PATRQT",
  "HLEGAL",
  "HQUALIMP",
  "HOPERAT",
] as const satisfies readonly Purpose[];

export function purposeWords(purpose: Purpose): string {
  return t(`purpose.of.${purpose}`);
}

/** What an entry of the log says of why; empty: nothing. */
export function whyWords({ detail }: Pick<AuditEntry, "detail">): string {
  const { purpose_of_event: code, reason } = detail;
  const purpose = PURPOSES.find((each) => each === code);
  if (purpose === undefined) return "";
  return typeof reason === "string"
    ? t("purpose.withReason", { purpose: purposeWords(purpose), reason })
    : purposeWords(purpose);
}
