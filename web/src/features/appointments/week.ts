import type { Appointment } from "../../shared/api/schema";

/**
 * Days, and where in them something stands: by the clock on the reader's wall, on which a day may
 * have 23 or 25 hours.
 */

export const SNAP_MINUTES = 15;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const SHOWN_HOURS: readonly [number, number] = [8, 18];

export type Span = "day" | "week";

/** Midnight, where the day has one; else the first moment of the day. */
export function startOfDay(at: Date): Date {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate());
}

/** The same time of day, so many days later. */
export function addDays(at: Date, days: number): Date {
  const moved = new Date(at);
  moved.setDate(at.getDate() + days);
  return moved;
}

/** The days that are shown together. Weeks begin on Monday (ISO 8601). */
export function daysOf(span: Span, anchor: Date): readonly Date[] {
  const day = startOfDay(anchor);
  if (span === "day") return [day];
  const monday = addDays(day, -((day.getDay() + 6) % 7));
  return Array.from({ length: 7 }, (_, index) => addDays(monday, index));
}

/** What the clock shows, in minutes since midnight. */
export function minuteOf(at: Date): number {
  return at.getHours() * 60 + at.getMinutes();
}

/** That minute of the day on the clock; one that the day leaves out is as much later. */
export function atMinute(day: Date, minute: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), 0, minute);
}

/** Of a day on which clocks are set: +60 where an hour is left out, −60 where one comes twice. */
export function clockChange(day: Date): number {
  return addDays(day, 1).getTimezoneOffset() === day.getTimezoneOffset()
    ? 0
    : day.getTimezoneOffset() - addDays(day, 1).getTimezoneOffset();
}

/** The hours that have to be shown: of a usual day, and of all that there is. */
export function hoursOf(found: readonly Appointment[]): readonly [number, number] {
  const begins = found.map(({ starts_at }) => new Date(starts_at).getHours());
  const ends = found.map((one) => Math.ceil(endMinute(one) / 60));
  return [Math.min(SHOWN_HOURS[0], ...begins), Math.max(SHOWN_HOURS[1], ...ends)];
}

/** Of the day on which it begins; one that goes on after midnight ends there. */
function endMinute({ starts_at, ends_at }: Appointment): number {
  const [from, to] = [new Date(starts_at), new Date(ends_at)];
  return startOfDay(from) < startOfDay(to) ? DAY_MINUTES : minuteOf(to);
}

export interface Place {
  /** Both are parts of the height of the day, in percent. */
  top: number;
  height: number;
}

/** Where it stands in the column of its day. */
export function placeOf(one: Appointment, [first, last]: readonly [number, number]): Place {
  const begins = minuteOf(new Date(one.starts_at));
  const shown = (last - first) * 60;
  const height = Math.max(SNAP_MINUTES, endMinute(one) - begins);
  return { top: ((begins - first * 60) / shown) * 100, height: (height / shown) * 100 };
}

/** Those that begin on that day. */
export function ofDay(found: readonly Appointment[], day: Date): readonly Appointment[] {
  const from = day.getTime();
  const to = addDays(day, 1).getTime();
  return found.filter(({ starts_at }) => {
    const at = Date.parse(starts_at);
    return from <= at && at < to;
  });
}

/** Where a drag ends: whole days, and steps of a quarter of an hour on the clock. */
export function dragged(from: Date, days: number, minutes: number): Date {
  const steps = Math.round(minutes / SNAP_MINUTES) * SNAP_MINUTES;
  const minute = Math.min(DAY_MINUTES - SNAP_MINUTES, Math.max(0, minuteOf(from) + steps));
  return atMinute(addDays(startOfDay(from), days), minute);
}

/** How long it takes. */
export function minutesOf({ starts_at, ends_at }: Appointment): number {
  return Math.round((Date.parse(ends_at) - Date.parse(starts_at)) / MINUTE_MS);
}

/** For a field of a date: `2026-03-24`, by the reader's clock. */
export function dateField(at: Date): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}

/** For a field of a time: `09:30`. */
export function timeField(at: Date): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** What two fields say together; none while they say nothing. */
export function fromFields(date: string, time: string): Date | null {
  const at = new Date(`${date}T${time}`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** The reader's own, by its name in the IANA database. */
export function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The first one that is still to come or goes on. */
export function nextOf(found: readonly Appointment[], now: Date): Appointment | undefined {
  return found.find(
    ({ status, ends_at }) => status === "booked" && Date.parse(ends_at) > now.getTime(),
  );
}
