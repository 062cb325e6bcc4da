import type { EngineStatistics, RelayStatistics, TrackStatistics } from "../../shared/api/schema";

/** A track as the server tells of it, for tests. */
export function track(
  direction: TrackStatistics["direction"],
  source: TrackStatistics["source"],
  bitrate_bps: number,
  more: Partial<TrackStatistics> = {},
): TrackStatistics {
  return {
    direction,
    source,
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
    cached_count: 0,
    pli_count: 0,
    layer: null,
    ...more,
  };
}

/** An engine thread that has done nothing, but for what is given. */
export function engine(port: number, more: Partial<EngineStatistics>): EngineStatistics {
  const nothing = { bounds: [1], counts: [0, 0], sum: 0 };
  return {
    port,
    received_packets: 0,
    forwarded_packets: 0,
    batch_datagrams: nothing,
    forwarding_delay_seconds: nothing,
    dropped_datagrams: {},
    ...more,
  };
}

/** One room with one participant, `at` seconds after 1970. */
export function statistics(at: number, tracks: TrackStatistics[], room = "a"): RelayStatistics {
  const media = { microphone: true, camera: true, screen: false, unavailable: [] };
  const participant = {
    label: "1",
    role: "patient",
    connected: true,
    quality: null,
    media,
    tracks,
  } as const;
  return {
    at: new Date(at * 1000).toISOString(),
    rooms: [{ label: room, age_seconds: 1, recording: "off", participants: [participant] }],
    engines: [],
    dropped_datagrams: {},
  };
}
