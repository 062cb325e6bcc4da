import { expect, test } from "vitest";
import { History, SAMPLES, TRACES, totalBitrate } from "./history";
import { statistics, track } from "./statistics.fixture";

const keys = (history: History) => [...history.traces.keys()];

test("totals are by direction", () => {
  const now = statistics(0, [
    track("up", "camera", 100),
    track("up", "microphone", 20),
    track("down", "camera", 7),
  ]);
  expect([totalBitrate(now, "up"), totalBitrate(now, "down")]).toEqual([120, 7]);
});

test("a sample lies at its place, and no value where a track was not", () => {
  const history = new History();
  history.add(statistics(1, [track("up", "camera", 100)]));
  history.add(statistics(2, []));
  history.add(statistics(3, [track("up", "camera", 300, { rtt_ms: null })]));
  const [trace] = [...history.traces.values()];
  expect([...(trace?.values.bitrate.subarray(0, 4) ?? [])]).toEqual([100, NaN, 300, NaN]);
  expect(trace?.values.rtt[2]).toBeNaN();
});

test("an answer that came before is not counted again", () => {
  const history = new History();
  for (const at of [5, 5, 4]) history.add(statistics(at, [track("up", "camera", 1)]));
  expect(history.length).toBe(1);
});

test("a clock set back begins anew", () => {
  const history = new History();
  history.add(statistics(1000, [track("up", "camera", 1)]));
  history.add(statistics(10, [track("up", "microphone", 1)]));
  expect([history.length, history.latest, keys(history)]).toEqual([1, 10, ["a 1 up microphone 0"]]);
});

test("a track keeps its trace when another appears before it, and two of one kind have one each", () => {
  const history = new History();
  history.add(statistics(1, [track("down", "camera", 1), track("down", "camera", 2)]));
  history.add(
    statistics(2, [
      track("up", "screen", 9),
      track("down", "camera", 1),
      track("down", "camera", 2),
    ]),
  );
  expect(keys(history)).toEqual(["a 1 down camera 0", "a 1 down camera 1", "a 1 up screen 0"]);
  expect([...history.traces.values()].map(({ number }) => number)).toEqual([0, 1, 0]);
});

test("a layer is the one that flows now", () => {
  const history = new History();
  const layers = ["f", "q"].map((layer) => track("up", "camera", 1, { layer }));
  history.add(statistics(1, [...layers, track("down", "camera", 1, { layer: "f" })]));
  history.add(statistics(2, [...layers, track("down", "camera", 1, { layer: "q" })]));
  expect([...history.traces.values()].map(({ layer }) => layer)).toEqual(["f", "q", "q"]);
});

test("what is older than an hour is overwritten, and a track gone for an hour forgotten", () => {
  const history = new History();
  history.add(statistics(1, [track("up", "camera", 1), track("up", "microphone", 1)]));
  for (let second = 2; second <= SAMPLES + 2; second++)
    history.add(statistics(second, [track("up", "camera", second)]));
  expect(keys(history)).toEqual(["a 1 up camera 0"]);
  const [trace] = [...history.traces.values()];
  expect(Math.min(...(trace?.values.bitrate ?? []))).toBe(3);
});

test("a busy server does not fill the browser's memory", () => {
  const history = new History();
  for (let call = 0; call < TRACES + 10; call++)
    history.add(statistics(call + 1, [track("up", "camera", 1)], `room ${call}`));
  expect(history.traces.size).toBe(TRACES);
  expect(keys(history).at(-1)).toBe(`room ${TRACES + 9} 1 up camera 0`);
});
