import { t } from "../../shared/i18n";
import { language } from "../../shared/i18n/language";

const digits = (most: number) =>
  new Intl.NumberFormat(language, { maximumSignificantDigits: most });
const BRIEF = digits(2);
const EXACT = digits(3);
const WHOLE = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });

/** 1.62 is 1.6, 23.4 is 23: a mean has no more digits than it is good for. */
export const roughly = (value: number): number =>
  value < 10 ? Number(value.toPrecision(2)) : Math.round(value);

const small = (value: number) => (value < 10 ? BRIEF : WHOLE).format(value);

/** "840/s", "0.2/s" */
export const formatRate = (perSecond: number): string =>
  t("ops.perSecond", { value: small(perSecond) });

/** "57 µs", "1.2 ms": an estimate, so no more digits than it has. */
export const formatDelay = (seconds: number): string => delay(seconds, BRIEF);

/** "128 µs", "16.4 ms" */
export const formatBound = (seconds: number): string => delay(seconds, EXACT);

// Not every browser's Intl knows microseconds as a unit; those that do not would fail.
function delay(seconds: number, numbers: Intl.NumberFormat): string {
  return seconds < 0.001
    ? t("ops.microseconds", { value: numbers.format(seconds * 1e6) })
    : t("ops.milliseconds", { value: numbers.format(seconds * 1e3) });
}
