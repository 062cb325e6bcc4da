import { language } from "./language";

const dateTimes = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const recentTimes = new Intl.DateTimeFormat(language, {
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
});
const exactTimes = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const times = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const clocks = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

export const formatDateTime = (instant: string | Date) => dateTimes.format(new Date(instant));
/** Without the year while it is this one. */
export const formatRecent = (instant: string | Date, now: Date) => {
  const at = new Date(instant);
  return (at.getFullYear() === now.getFullYear() ? recentTimes : dateTimes).format(at);
};
export const formatExactTime = (instant: string | Date) => exactTimes.format(new Date(instant));
export const formatDate = (instant: string | Date) => dates.format(new Date(instant));
const days = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
/** A day that is the same wherever somebody reads it, such as a date of birth. */
export const formatDay = (day: string) => days.format(new Date(`${day}T00:00:00Z`));
export const formatTime = (instant: string | Date) => times.format(new Date(instant));
export const formatClock = (instant: string | Date) => clocks.format(new Date(instant));

/** "12:05", "1:02:09": a position or length in a player. Negative is shown as zero. */
export function formatPosition(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const pad = (value: number) => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

const units = (unit: string, unitDisplay: "long" | "short" | "narrow", digits: number) =>
  new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    unitDisplay,
    maximumFractionDigits: digits,
  });
const longUnits = {
  hour: units("hour", "long", 0),
  minute: units("minute", "long", 0),
  second: units("second", "long", 0),
};

/**
 * "1 hour, 2 minutes", "45 seconds": a length in words, for prose and screen readers; whole
 * seconds, as a clock shows.
 */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return longUnits.second.format(seconds);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const parts = [];
  if (hours > 0) parts.push(longUnits.hour.format(hours));
  if (minutes > 0) parts.push(longUnits.minute.format(minutes));
  return parts.join(", ");
}

const DECIMAL_STEPS = [
  { from: 1e9, byte: units("gigabyte", "short", 1), bitrate: null },
  {
    from: 1e6,
    byte: units("megabyte", "short", 1),
    bitrate: units("megabit-per-second", "short", 2),
  },
  {
    from: 1e3,
    byte: units("kilobyte", "short", 0),
    bitrate: units("kilobit-per-second", "short", 0),
  },
  { from: 0, byte: units("byte", "short", 0), bitrate: units("bit-per-second", "short", 0) },
];

/** "184.2 MB" */
export function formatBytes(bytes: number): string {
  const step = DECIMAL_STEPS.find(({ from }) => bytes >= from);
  return step ? step.byte.format(bytes / (step.from || 1)) : "";
}

/** "1.24 Mb/s", "48 kb/s" */
export function formatBitrate(bps: number): string {
  const step = DECIMAL_STEPS.find(({ from, bitrate }) => bitrate && bps >= from);
  return step?.bitrate ? step.bitrate.format(bps / (step.from || 1)) : "";
}

const regions = new Intl.DisplayNames(language, { type: "region" });
/** "Germany", by its code in ISO 3166-1. */
export const countryName = (code: string) => regions.of(code) ?? code;

const lists = new Intl.ListFormat(language, { type: "conjunction" });
/** "Alex, Maria and Sam" */
/** What a language calls itself, by its BCP 47 tag: "Deutsch". */
export function languageName(tag: string): string {
  return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
}

export const formatList = (names: readonly string[]) => lists.format(names);

const percents = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
const milliseconds = units("millisecond", "short", 0);
const numbers = new Intl.NumberFormat(language);
export const formatPercent = (fraction: number) => percents.format(fraction);
export const formatMilliseconds = (ms: number) => milliseconds.format(ms);
export const formatNumber = (value: number) => numbers.format(value);

const RELATIVE_STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** "3 days ago", "yesterday", "now"; a date when it is longer ago than two weeks. */
export function formatAgo(instant: string | Date, now: Date): string {
  const elapsed = now.getTime() - new Date(instant).getTime();
  if (elapsed > 14 * 86_400_000) return formatDate(instant);
  const step = RELATIVE_STEPS.find(([, length]) => elapsed >= length);
  return step
    ? relative.format(-Math.floor(elapsed / step[1]), step[0])
    : relative.format(0, "second");
}
