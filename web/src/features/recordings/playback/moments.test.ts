import { expect, test } from "vitest";
import type { Timeline } from "../../../shared/api/schema";
import { bandsOf, marksOf, momentsOf, stopFrom, whenWords } from "./moments";

const who = { user_id: "p", name: "Alex Morgan", side: "patient" } as const;
const timeline: Timeline = {
  events: [
    { ...who, at_ms: -2000, kind: "given" },
    { ...who, at_ms: 20_000, kind: "off_the_record" },
    { ...who, at_ms: 21_000, kind: "on_the_record" },
    { ...who, at_ms: 61_000, kind: "withdrawn" },
  ],
  connections: [
    { ...who, begin_ms: 0, end_ms: 30_000, condition: "excellent" },
    { ...who, begin_ms: 30_000, end_ms: 40_000, condition: "poor" },
    { ...who, begin_ms: 40_000, end_ms: null, condition: "good" },
    { ...who, begin_ms: 70_000, end_ms: 80_000, condition: "good" },
  ],
};
const gaps = [{ start: 20_000, end: 23_000, words: "off the record", onRequest: true }];
const moments = momentsOf(timeline, gaps, 60_000);

test("the list has everything in the order of time, and ends with the recording", () => {
  expect(moments.map(({ kind, words, at }) => [kind, at, words])).toEqual([
    ["given", -2000, "Alex Morgan agreed to be recorded"],
    ["connection", 0, "Alex Morgan’s connection was excellent"],
    ["off_the_record", 20_000, "Alex Morgan went off the record"],
    ["gap", 20_000, "Nobody was recorded: off the record"],
    ["on_the_record", 21_000, "Alex Morgan went back on the record"],
    ["connection", 30_000, "Alex Morgan’s connection was poor"],
    ["connection", 40_000, "Alex Morgan’s connection was good"],
    ["withdrawn", 60_000, "Alex Morgan withdrew their consent"],
  ]);
  expect(moments.map(whenWords)).toEqual([
    "Before",
    "0:00 to 0:30",
    "0:20",
    "0:20 to 0:23",
    "0:21",
    "0:30 to 0:40",
    "0:40 to 1:00",
    "1:00",
  ]);
});

test("the keys stop where somebody said something, nothing was recorded, or little came over", () => {
  const stops: number[] = [];
  for (let at = -1; ; ) {
    const stop = stopFrom(moments, at, 1);
    if (!stop) break;
    stops.push(stop.at);
    at = stop.at;
  }
  expect(stops).toEqual([20_000, 21_000, 30_000, 60_000]);
  expect(stopFrom(moments, 19_999.9, 1)?.at).toBe(21_000); // as a film rounds 20 s
  expect(stopFrom(moments, 30_400, -1)?.at).toBe(21_000);
  expect(stopFrom(moments, 32_000, -1)?.at).toBe(30_000);
  expect(stopFrom(moments, 20_000, -1)).toBeUndefined();
});

test("what would lie on each other is one mark, and what was before is at the beginning", () => {
  const at = (width: number) =>
    marksOf(moments, 60_000, width, 24).map(({ at, moments }) => [at, moments.length]);
  expect(at(1200)).toEqual([
    [0, 1],
    [20_000, 2],
    [60_000, 1],
  ]);
  expect(at(2400)).toEqual([
    [0, 1],
    [20_000, 1],
    [21_000, 1],
    [60_000, 1],
  ]);
});

test("a band has no more than the recording has", () => {
  const [band, ...others] = bandsOf(timeline.connections, 60_000);
  expect(others).toEqual([]);
  expect(band?.map(({ start, end, condition }) => [start, end, condition])).toEqual([
    [0, 30_000, "excellent"],
    [30_000, 40_000, "poor"],
    [40_000, 60_000, "good"],
  ]);
});
