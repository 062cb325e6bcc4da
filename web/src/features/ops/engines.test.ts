import { expect, test } from "vitest";
import type { EngineStatistics } from "../../shared/api/schema";
import { EngineSamples, quantile } from "./engines";
import { engine, statistics } from "./statistics.fixture";

function seen(...answers: [at: number, ...engines: EngineStatistics[]][]): EngineSamples {
  const samples = new EngineSamples();
  for (const [at, ...engines] of answers) samples.add({ ...statistics(at, []), engines });
  return samples;
}

test("one answer tells of no activity, two of what was between them", () => {
  expect(seen([100, engine(1, { received_packets: 50 })]).activities).toEqual([]);
  const [activity] = seen(
    [100, engine(1, { received_packets: 50, forwarded_packets: 10 })],
    [102, engine(1, { received_packets: 250, forwarded_packets: 610 })],
  ).activities;
  expect([activity?.received, activity?.forwarded]).toEqual([100, 300]);
});

test("each engine thread is told apart", () => {
  const { activities } = seen(
    [1, engine(7, {}), engine(8, {})],
    [2, engine(7, { received_packets: 3 }), engine(8, { received_packets: 40 })],
  );
  expect(activities.map(({ port, received }) => [port, received])).toEqual([
    [7, 3],
    [8, 40],
  ]);
});

test("the mean batch is of the interval, and none where nothing came", () => {
  const before = { bounds: [1, 2], counts: [5, 0, 0], sum: 5 };
  const now = { bounds: [1, 2], counts: [6, 0, 1], sum: 5 + 1 + 9 };
  const [busy] = seen(
    [1, engine(1, { batch_datagrams: before })],
    [2, engine(1, { batch_datagrams: now })],
  ).activities;
  expect(busy?.batch).toBe(5);
  const [idle] = seen(
    [1, engine(1, { batch_datagrams: now })],
    [2, engine(1, { batch_datagrams: now })],
  ).activities;
  expect(idle?.batch).toBeNull();
});

test("only drops that rise are told, most first", () => {
  const [activity] = seen(
    [1, engine(1, { dropped_datagrams: { length: 4, srtp_replayed: 1 } })],
    [3, engine(1, { dropped_datagrams: { length: 4, srtp_replayed: 2, send_failed: 6 } })],
  ).activities;
  expect(activity?.dropped).toEqual([
    ["send_failed", 3],
    ["srtp_replayed", 0.5],
  ]);
});

test("figures are those of the last ten seconds", () => {
  const answers = Array.from({ length: 31 }, (_, at): [number, EngineStatistics] => [
    at + 1,
    engine(1, { received_packets: at < 20 ? 0 : (at - 20) * 7 }),
  ]);
  const samples = seen(...answers);
  expect(samples.seconds).toBe(10);
  expect(samples.activities[0]?.received).toBe(7);
});

test("a server that was started again begins anew", () => {
  const batches = (count: number) => ({
    batch_datagrams: { bounds: [1], counts: [count, 0], sum: count },
  });
  const again = seen([1, engine(1, batches(9))], [2, engine(1, batches(1))]);
  expect(again.activities).toEqual([]);
  expect(seen([1, engine(1, {})], [2, engine(1, {}), engine(2, {})]).activities).toEqual([]);
  expect(seen([5, engine(1, {})], [4, engine(1, {})]).activities).toEqual([]);
});

test("a quantile lies between the bounds of its place", () => {
  expect(quantile([10, 20, 40], [0, 10, 0, 0], 0.5)).toEqual({ seconds: 15, beyond: false });
  expect(quantile([10, 20, 40], [50, 49, 1, 0], 0.99)).toEqual({ seconds: 20, beyond: false });
});

test("a quantile beyond all bounds is only known to be more, and of nothing there is none", () => {
  expect(quantile([10, 20], [0, 0, 3], 0.5)).toEqual({ seconds: 20, beyond: true });
  expect(quantile([10, 20], [0, 0, 0], 0.5)).toBeNull();
});
