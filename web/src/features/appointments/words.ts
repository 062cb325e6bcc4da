import { ApiError } from "../../shared/api/client";
import { words } from "../../shared/api/refusals";
import type { Appointment } from "../../shared/api/schema";
import { type MessageKey, t } from "../../shared/i18n";
import { formatTime } from "../../shared/i18n/format";
import { language } from "../../shared/i18n/language";
import type { Tone } from "../../shared/ui/Badge";

const weekdays = new Intl.DateTimeFormat(language, {
  weekday: "long",
  day: "numeric",
  month: "long",
});
const dayNames = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric" });
const ranges = new Intl.DateTimeFormat(language, { dateStyle: "medium" });

/** "Tuesday, March 24" */
export const formatWeekday = (at: Date) => weekdays.format(at);
/** "24 Tue" */
export const formatDayName = (at: Date) => dayNames.format(at);
/** "Mar 23 – 29, 2026" */
export const formatRange = (from: Date, to: Date) => ranges.formatRange(from, to);

/** "10:00 – 10:50" */
export function formatTimes({
  starts_at,
  ends_at,
}: Pick<Appointment, "starts_at" | "ends_at">): string {
  return `${formatTime(starts_at)} – ${formatTime(ends_at)}`;
}

/** "Tuesday, March 24, 10:00 – 10:50" */
export function formatWhen(one: Appointment): string {
  return `${formatWeekday(new Date(one.starts_at))}, ${formatTimes(one)}`;
}

/** What clocks show where it was agreed on, if that is elsewhere. */
export function agreedElsewhere(one: Appointment, here: string): string | null {
  if (one.time_zone === here) return null;
  const there = new Intl.DateTimeFormat(language, {
    timeStyle: "short",
    timeZone: one.time_zone,
  }).format(new Date(one.starts_at));
  return there === formatTime(one.starts_at) ? null : there;
}

export const STATUS_WORDS: Readonly<Record<Appointment["status"], MessageKey>> = {
  booked: "appointments.status.booked",
  fulfilled: "appointments.status.fulfilled",
  noshow: "appointments.status.noshow",
  cancelled: "appointments.status.cancelled",
};

export const STATUS_TONES: Readonly<Record<Appointment["status"], Tone>> = {
  booked: "neutral",
  fulfilled: "good",
  noshow: "care",
  cancelled: "bad",
};

/** One sentence about what the server refused, with times by the reader's clock. */
export function refusal(error: unknown): string {
  if (
    error instanceof ApiError &&
    error.code === "appointment_clash" &&
    error.reason === "provider"
  ) {
    const { starts_at, ends_at } = error.parameters;
    if (typeof starts_at === "string" && typeof ends_at === "string")
      return t("appointments.clash", { from: formatTime(starts_at), to: formatTime(ends_at) });
  }
  return words(error);
}
