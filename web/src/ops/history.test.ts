import { expect, test } from "vitest";
import type { RelayStatistics, TrackStatistics } from "../api/schema";
import { extend, SAMPLES, type Trends, totalBitrate, trendPath } from "./history";

const track = (direction: "up" | "down", bitrate_bps: number): TrackStatistics => ({
  direction,
  source: "camera",
  codec: "VP8",
  packets: 0,
  bytes: 0,
  bitrate_bps,
  packets_lost: 0,
  loss_fraction: 0,
  jitter_ms: 0,
  rtt_ms: null,
  nack_count: 0,
  retransmitted_count: 0,
  pli_count: 0,
  layer: null,
});

const statistics = (...tracks: TrackStatistics[]): RelayStatistics => ({
  at: "2026-03-05T12:00:00Z",
  rooms: [
    {
      label: "a",
      age_seconds: 1,
      recording: "off",
      participants: [
        {
          label: "1",
          role: "patient",
          connected: true,
          quality: null,
          media: { microphone: true, camera: true, screen: false },
          tracks,
        },
      ],
    },
  ],
  dropped_datagrams: {},
});

test("totals are by direction", () => {
  const now = statistics(track("up", 100), track("up", 20), track("down", 7));
  expect([totalBitrate(now, "up"), totalBitrate(now, "down")]).toEqual([120, 7]);
});

test("a trend holds the last minute only", () => {
  let trends: Trends = new Map();
  for (let second = 0; second < SAMPLES + 5; second++)
    trends = extend(trends, statistics(track("up", second)));
  const [samples] = [...trends.values()];
  expect(samples).toHaveLength(SAMPLES);
  expect(samples?.at(-1)).toBe(SAMPLES + 4);
});

test("a track that is gone leaves no trend behind", () => {
  const before = extend(new Map(), statistics(track("up", 1), track("down", 1)));
  expect(extend(before, statistics(track("up", 1))).size).toBe(1);
});

test("the newest sample stands at the right edge, the highest at the top", () => {
  expect(trendPath([50, 100], 59, 20)).toBe("M58.0 10.0L59.0 0.0");
  expect(trendPath([], 59, 20)).toBe("");
});
