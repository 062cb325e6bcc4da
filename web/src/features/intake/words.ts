import type { IntakeAnswer, IntakeResponse } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatNumber } from "../../shared/i18n/format";
import type { Tone } from "../../shared/ui/Badge";

const TONES: Record<NonNullable<IntakeResponse["severity"]>, Tone> = {
  none: "good",
  low: "neutral",
  moderate: "care",
  high: "bad",
};

/** The colour of a result, beside which stand its words. */
export const toneOf = ({ severity }: IntakeResponse): Tone => TONES[severity ?? "low"];

/** What a result is called. */
export const bandOf = ({ band }: IntakeResponse): string | null =>
  band === null ? null : wordsOfBand(band);

/** What a range of scores is called. */
export const wordsOfBand = (band: NonNullable<IntakeResponse["band"]>): string =>
  t(`intake.bands.${band}`);

/** What was asked: in the platform's words, else what it is about, else its number. */
export function asked({ item, question, label }: IntakeAnswer): string {
  return question ?? (label === null ? t("intake.item", { item }) : `${item}. ${label}`);
}

/** What was answered. */
export function answered({ value, words }: IntakeAnswer): string {
  const said =
    typeof value === "boolean"
      ? t(value ? "intake.yes" : "intake.no")
      : typeof value === "number"
        ? formatNumber(value)
        : value;
  return words === null || words === said ? said : `${words} (${said})`;
}
