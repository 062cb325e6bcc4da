import { expect, test, vi } from "vitest";
import type { RecordingPart } from "../../../shared/api/schema";
import { follow } from "./media";
import { lanesOf } from "./timeline";
import { play, type Readiness, transport } from "./transport";

vi.stubGlobal("HTMLMediaElement", { HAVE_METADATA: 1, HAVE_FUTURE_DATA: 3 });

/** As Chromium and Firefox do it: media that run out are at once at the end of the duration. */
class ShortMedia {
  readonly readyState = 4;
  readonly seeking = false;
  readonly error = null;
  readonly duration = 20.5;
  playbackRate = 1;
  paused = true;
  seeks: number[] = [];
  private readonly lasts = 0.5;
  private at = 0;

  get ended() {
    return this.at >= this.lasts;
  }
  get currentTime() {
    return this.at;
  }
  set currentTime(time: number) {
    this.seeks.push(time);
    this.at = time;
  }
  async play() {
    this.paused = false;
  }
  pause() {
    this.paused = true;
  }
  pass(seconds: number) {
    if (this.paused || this.ended) return;
    this.at += seconds;
    if (this.at >= this.lasts) {
      this.at = this.duration;
      this.paused = true;
    }
  }
}

const screen: RecordingPart = {
  part_id: "screen",
  participant_id: "p",
  participant_name: "Alex Morgan",
  participant_role: "patient",
  source: "screen",
  media_type: 'video/webm; codecs="vp8"',
  offset_ms: 0,
  duration_ms: 20_500,
  size_bytes: 1,
  state: "sealed",
  authenticity: "authentic",
  losses: null,
};

function playing(media: ShortMedia, from: number, until: number): Readiness[] {
  const elements = new Map([["screen", media as unknown as HTMLVideoElement]]);
  const lanes = lanesOf([screen]);
  const ready: Readiness[] = [];
  for (let position = from; position < until; position += 100) {
    ready.push(follow(lanes, elements, play(transport(20_500, 0), 0), position));
    media.pass(0.1);
  }
  return ready;
}

test("the last picture of a screen that stands still stays, without a seek and without waiting", () => {
  const media = new ShortMedia();
  expect(new Set(playing(media, 0, 20_400))).toEqual(new Set(["ready"]));
  expect(media.seeks).toEqual([]);
  expect(media.ended).toBe(true);
});

test("going back to before the media ran out plays them again", () => {
  const media = new ShortMedia();
  playing(media, 0, 10_000);
  playing(media, 100, 400);
  expect(media.seeks).toEqual([0.1]);
  expect(media.ended).toBe(false);
});

test("going straight to where there are no media any more seeks once", () => {
  const media = new ShortMedia();
  playing(media, 8000, 12_000);
  expect(media.seeks).toEqual([8]);
});
