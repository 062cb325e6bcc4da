import { expect, test } from "vitest";
import { COLUMNS, columns, lastColumn, type Span } from "./columns";
import { History } from "./history";
import { statistics, track } from "./statistics.fixture";

/** A history with one camera's bitrate (and a tenth of it as jitter) at each time given. */
function seen(bitrates: Iterable<[at: number, bitrate: number | undefined]>): History {
  const history = new History();
  for (const [at, bitrate] of bitrates) {
    const tracks =
      bitrate === undefined ? [] : [track("up", "camera", bitrate, { jitter_ms: bitrate / 10 })];
    history.add(statistics(at, tracks));
  }
  return history;
}

const shown = (history: History, span: Span) =>
  columns(history, span, [...history.traces.values()]);

test("five minutes show every second, the newest last", () => {
  const { times, lines, step } = shown(
    seen([
      [1000.4, 10],
      [1001.4, 20],
      [1002.4, 30],
    ]),
    300,
  );
  expect(step).toBe(1);
  expect(times.slice(-3)).toEqual([1000, 1001, 1002]);
  expect(lines[0]?.values.bitrate.slice(-4)).toEqual([null, 10, 20, 30]);
});

test("over an hour the bitrate is averaged and the worst of all else is kept", () => {
  const seconds = Array.from({ length: 24 }, (_, second) => second);
  const history = seen(seconds.map((second) => [1200 + second, second === 3 ? 130 : 10]));
  const { times, lines } = shown(history, 3600);
  expect(times.slice(-2)).toEqual([1200, 1212]);
  expect(lines[0]?.values.bitrate.slice(-2)).toEqual([20, 10]);
  expect(lines[0]?.values.jitter.slice(-2)).toEqual([13, 1]);
  expect(times).toHaveLength(COLUMNS);
});

test("a point is drawn once it is complete, so the chart of an hour moves in steps", () => {
  expect(lastColumn(seen([[1210, 1]]), 3600)).toBe(100);
  expect(lastColumn(seen([[1211, 1]]), 3600)).toBe(101);
});

test("points stay where they are while the chart slides", () => {
  const history = seen(Array.from({ length: 40 }, (_, second) => [1200 + second, second]));
  const before = shown(history, 900);
  history.add(statistics(1240, [track("up", "camera", 40)]));
  history.add(statistics(1241, [track("up", "camera", 41)]));
  const after = shown(history, 900);
  expect(after.times.slice(0, -1)).toEqual(before.times.slice(1));
  expect(after.lines[0]?.values.bitrate.slice(0, -1)).toEqual(
    before.lines[0]?.values.bitrate.slice(1),
  );
});

test("an answer that is a little late is no gap, a server that is away is one", () => {
  const { lines } = shown(
    seen([
      [1000, 1],
      [1002.1, 2],
      [1010, 3],
    ]),
    300,
  );
  expect(lines[0]?.values.bitrate.slice(-11)).toEqual([1, 1, 2, 2, 2, 2, 2, 2, null, null, 3]);
});

test("a track that is gone is a gap at once", () => {
  const { lines } = shown(
    seen([
      [1000, 1],
      [1001, undefined],
      [1002, 3],
    ]),
    300,
  );
  expect(lines[0]?.values.bitrate.slice(-3)).toEqual([1, null, 3]);
});

test("a track that has nothing in the span has no line", () => {
  const history = seen([
    [1000, 1],
    ...Array.from({ length: 301 }, (_, s): [number, undefined] => [1001 + s, undefined]),
  ]);
  expect(shown(history, 300).lines).toEqual([]);
  expect(shown(history, 900).lines).toHaveLength(1);
});
