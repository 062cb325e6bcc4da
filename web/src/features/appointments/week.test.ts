import { afterAll, beforeAll, expect, test } from "vitest";
import type { Appointment } from "../../shared/api/schema";
import * as week from "./week";

const before = process.env.TZ;
beforeAll(() => {
  process.env.TZ = "Europe/Berlin";
});
afterAll(() => {
  process.env.TZ = before;
});

const BOOKED = {
  starts_at: "2026-03-24T09:00:00Z",
  ends_at: "2026-03-24T09:50:00Z",
} as Appointment;

test("a week begins on Monday, and has seven days where clocks are set", () => {
  const days = week.daysOf("week", new Date("2026-03-29T12:00:00Z"));
  expect(days.map(week.dateField)).toEqual([
    "2026-03-23",
    "2026-03-24",
    "2026-03-25",
    "2026-03-26",
    "2026-03-27",
    "2026-03-28",
    "2026-03-29",
  ]);
  expect(days.map(week.clockChange)).toEqual([0, 0, 0, 0, 0, 0, 60]);
  expect(week.clockChange(new Date(2026, 9, 25))).toBe(-60);
});

test("an appointment stands where the clock shows it, and is in its own day alone", () => {
  expect(week.placeOf(BOOKED, [8, 18])).toEqual({ top: 20, height: (50 / 600) * 100 });
  const days = week.daysOf("week", new Date("2026-03-24T12:00:00Z"));
  expect(days.map((day) => week.ofDay([BOOKED], day).length)).toEqual([0, 1, 0, 0, 0, 0, 0]);
  const early = { ...BOOKED, starts_at: "2026-03-24T05:15:00Z", ends_at: "2026-03-24T20:10:00Z" };
  expect(week.hoursOf([early])).toEqual([6, 22]);
  expect(week.hoursOf([])).toEqual([8, 18]);
});

test("what is dragged keeps to the clock, over a change of clocks as well", () => {
  const at = new Date(BOOKED.starts_at); // 10:00
  expect(week.dragged(at, 6, 22).toISOString()).toBe("2026-03-30T08:15:00.000Z");
  expect(week.timeField(week.dragged(at, 0, -5000))).toBe("00:00");
  expect(week.timeField(week.dragged(at, 0, 5000))).toBe("23:45");
});

test("fields say a time by the reader's clock", () => {
  const at = new Date(BOOKED.starts_at);
  expect(week.fromFields(week.dateField(at), week.timeField(at))).toEqual(at);
  expect(week.fromFields("", "10:00")).toBeNull();
  expect(week.minutesOf(BOOKED)).toBe(50);
});

test("the next one is booked, and goes on or is to come", () => {
  const cancelled = { ...BOOKED, status: "cancelled" } as Appointment;
  const later = { ...BOOKED, ends_at: "2026-03-25T09:50:00Z", status: "booked" } as Appointment;
  const first = { ...BOOKED, status: "booked" } as Appointment;
  const next = (at: string) => week.nextOf([cancelled, first, later], new Date(at));
  expect(next("2026-03-24T09:49:00Z")).toBe(first);
  expect(next("2026-03-24T09:50:00Z")).toBe(later);
  expect(next("2026-03-26T00:00:00Z")).toBeUndefined();
});
