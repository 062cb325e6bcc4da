import { expect, it } from "vitest";
import { MutedSpeech } from "./mutedspeech";

const SPEECH = 0.6;
const ROOM = 0.2;
const STEP_MS = 66;

/** From when to when it is told, of levels that are measured from `from` on until `to`. */
function told(
  speech: MutedSpeech,
  from: number,
  to: number,
  level: (at: number) => number,
): [number, number][] {
  const spans: [number, number][] = [];
  let before = false;
  for (let at = from; at < to; at += STEP_MS) {
    const now = speech.update(level(at), at);
    const last = spans.at(-1);
    if (now && !before) spans.push([at, to]);
    else if (!now && before && last) last[1] = at;
    before = now;
  }
  return spans;
}

it("tells of words, though there are pauses between them", () => {
  const words = (at: number) => (at % 700 < 300 ? SPEECH : ROOM);
  const [[first] = [Number.NaN]] = told(new MutedSpeech(), 0, 5_000, words);
  expect(first).toBeGreaterThan(600);
  expect(first).toBeLessThan(2_000);
});

it("takes a quiet room, a cough and keys for no words", () => {
  expect(told(new MutedSpeech(), 0, 20_000, () => ROOM)).toEqual([]);
  expect(told(new MutedSpeech(), 0, 20_000, (at) => (at % 5_000 < 400 ? 0.9 : ROOM))).toEqual([]);
  expect(told(new MutedSpeech(), 0, 20_000, (at) => (at % 660 < STEP_MS ? 0.9 : ROOM))).toEqual([]);
});

it("tells while somebody goes on, a little longer, and then not again for a minute", () => {
  const spans = told(new MutedSpeech(), 0, 150_000, (at) =>
    at < 20_000 || (at > 40_000 && at < 60_000) || at > 120_000 ? SPEECH : ROOM,
  );
  expect(spans).toHaveLength(2);
  const [first, second] = spans;
  expect(first?.[0]).toBeLessThan(1_000);
  expect(first?.[1]).toBeGreaterThan(30_000);
  expect(first?.[1]).toBeLessThan(33_000);
  expect(second?.[0]).toBeGreaterThan(120_000);
});

it("does not count what was said before the mute, nor the time of a page that slept", () => {
  const speech = new MutedSpeech();
  expect(told(speech, 0, 500, () => SPEECH)).toEqual([]);
  speech.forget();
  expect(told(speech, 500, 1_000, () => SPEECH)).toEqual([]);
  const slept = new MutedSpeech();
  expect(slept.update(SPEECH, 0)).toBe(false);
  expect(slept.update(SPEECH, 30_000)).toBe(false);
});

it("is over with the press that unmutes, and whoever mutes again on purpose is left alone", () => {
  const speech = new MutedSpeech();
  expect(told(speech, 0, 5_000, () => SPEECH)).toHaveLength(1);
  speech.forget();
  expect(told(speech, 6_000, 20_000, () => SPEECH)).toEqual([]);
});
