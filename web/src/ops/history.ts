import type { RelayStatistics, TrackStatistics } from "../api/schema";

/** How many samples a trend holds: a minute at one a second. */
export const SAMPLES = 60;

/** Bitrates of each track over the last minute, oldest first, by `trackKey`. */
export type Trends = ReadonlyMap<string, readonly number[]>;

export function trackKey(room: string, participant: string, track: TrackStatistics, index: number): string {
  return [room, participant, track.direction, track.source, index].join(" ");
}

/** The trends with one more sample; those of tracks that are gone are dropped. */
export function extend(trends: Trends, { rooms }: RelayStatistics): Trends {
  const next = new Map<string, readonly number[]>();
  for (const room of rooms) {
    for (const participant of room.participants) {
      participant.tracks.forEach((track, index) => {
        const key = trackKey(room.label, participant.label, track, index);
        next.set(key, [...(trends.get(key) ?? []), track.bitrate_bps].slice(-SAMPLES));
      });
    }
  }
  return next;
}

/** Bits per second over all tracks of one direction. */
export function totalBitrate({ rooms }: RelayStatistics, direction: TrackStatistics["direction"]): number {
  return rooms
    .flatMap((room) => room.participants)
    .flatMap((participant) => participant.tracks)
    .filter((track) => track.direction === direction)
    .reduce((sum, track) => sum + track.bitrate_bps, 0);
}

/** SVG path of a trend in a box of `width` × `height`; the newest sample stands at the right edge. */
export function trendPath(samples: readonly number[], width: number, height: number): string {
  const highest = Math.max(1, ...samples);
  const step = width / (SAMPLES - 1);
  const left = width - (samples.length - 1) * step;
  return samples
    .map((value, index) => {
      const x = (left + index * step).toFixed(1);
      const y = (height - (value / highest) * height).toFixed(1);
      return `${index === 0 ? "M" : "L"}${x} ${y}`;
    })
    .join("");
}
