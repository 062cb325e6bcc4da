/** Why somebody opens a recording, by HL7's codes and in words. */

import type { AuditEntry, BreakGlassAccess, OpenPlayback } from "../../shared/api/schema";
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

export type Emergency = BreakGlassAccess["purpose"];

export const EMERGENCIES = ["ETREAT", "BTG"] as const satisfies readonly Emergency[];

export function emergencyWords(purpose: Emergency): string {
  return t(`breakGlass.purpose.${purpose}`);
}

/** What an entry of the log says of why; empty: nothing. */
export function whyWords({ detail }: Pick<AuditEntry, "detail">): string {
  const { purpose_of_event: code, reason } = detail;
  const purpose = PURPOSES.find((each) => each === code);
  const emergency = EMERGENCIES.find((each) => each === code);
  const words = purpose ? purposeWords(purpose) : emergency ? emergencyWords(emergency) : "";
  return words && typeof reason === "string"
    ? t("purpose.withReason", { purpose: words, reason })
    : words;
}
