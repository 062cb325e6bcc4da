import { expect, test } from "vitest";
import { formatAgo, formatBitrate, formatBytes, formatDuration, formatPosition } from "./format";

test("positions as players write them", () => {
  expect(formatPosition(0)).toBe("0:00");
  expect(formatPosition(725_999)).toBe("12:05");
  expect(formatPosition(3_729_000)).toBe("1:02:09");
  expect(formatPosition(-5)).toBe("0:00");
});

test("durations in words", () => {
  expect(formatDuration(45_000)).toBe("45 seconds");
  expect(formatDuration(60_000)).toBe("1 minute");
  expect(formatDuration(3_720_000)).toBe("1 hour, 2 minutes");
  expect(formatDuration(3_600_000)).toBe("1 hour");
});

test("sizes and bitrates in decimal units", () => {
  expect(formatBytes(0)).toMatch(/^0 /);
  expect(formatBytes(184_233_000)).toBe("184.2 MB");
  expect(formatBytes(2_500_000_000)).toBe("2.5 GB");
  expect(formatBitrate(0)).toMatch(/^0 /);
  expect(formatBitrate(48_200)).toBe("48 kb/s");
  expect(formatBitrate(1_243_000)).toBe("1.24 Mb/s");
});

test("a while ago, and a date after two weeks", () => {
  const now = new Date("2026-03-20T12:00:00Z");
  expect(formatAgo("2026-03-20T11:59:50Z", now)).toBe("now");
  expect(formatAgo("2026-03-20T09:00:00Z", now)).toBe("3 hours ago");
  expect(formatAgo("2026-03-19T09:00:00Z", now)).toBe("yesterday");
  expect(formatAgo("2026-01-02T12:00:00Z", now)).toBe("Jan 2, 2026");
});
