import { describe, expect, test } from "vitest";
import { correct, pause, play, positionAt, seek, setSpeed, tick, transport } from "./transport";

const MINUTE = 60_000;
const playing = () => play(transport(MINUTE, 0), 1000);

describe("the clock", () => {
  test("stands until it is played, then moves with time", () => {
    expect(positionAt(transport(MINUTE, 0), 5000)).toBe(0);
    expect(positionAt(playing(), 5000)).toBe(4000);
  });

  test("keeps its position over a pause", () => {
    const paused = pause(playing(), 3000);
    expect(positionAt(paused, 9000)).toBe(2000);
    expect(positionAt(play(paused, 10_000), 11_000)).toBe(3000);
  });

  test("a new speed counts from the moment it is set", () => {
    expect(positionAt(setSpeed(playing(), 2, 3000), 5000)).toBe(2000 + 4000);
  });

  test("seeks within the recording only, playing on", () => {
    expect(positionAt(seek(playing(), 30_000, 2000), 3000)).toBe(31_000);
    expect(positionAt(seek(playing(), -500, 2000), 2000)).toBe(0);
    expect(positionAt(seek(playing(), 2 * MINUTE, 2000), 2000)).toBe(MINUTE);
  });

  test("stands still while media load, and goes on from there", () => {
    const waiting = tick(playing(), 3000, "loading");
    expect(waiting.waiting).toBe(true);
    expect(positionAt(waiting, 8000)).toBe(2000);
    const on = tick(waiting, 8000, "ready");
    expect(positionAt(on, 9000)).toBe(3000);
  });

  test("pauses at the end and begins again from there", () => {
    const ended = tick(playing(), 5 * MINUTE, "ready");
    expect(ended.playing).toBe(false);
    expect(positionAt(ended, 6 * MINUTE)).toBe(MINUTE);
    expect(positionAt(play(ended, 7 * MINUTE), 7 * MINUTE + 500)).toBe(500);
  });

  test("a tick that changes nothing gives the same value back", () => {
    const state = playing();
    expect(tick(state, 2000, "ready")).toBe(state);
    expect(tick(transport(MINUTE, 0), 2000, "loading")).toEqual(transport(MINUTE, 0));
  });
});

describe("the correction of one media element", () => {
  test("close enough is left at the transport's speed", () => {
    expect(correct(1000, 1030, 1, true)).toEqual({ rate: 1 });
    expect(correct(1000, 1030, 1.5, true)).toEqual({ rate: 1.5 });
  });

  test("a small drift is made up by speed, not by a jump", () => {
    expect(correct(1000, 1150, 1, true)).toEqual({ rate: 1.06 });
    expect(correct(1150, 1000, 1, true)).toEqual({ rate: 0.94 });
    expect(correct(1000, 1150, 2, true)).toEqual({ rate: 2.12 });
  });

  test("a large one is jumped over, at a faster speed only when it is larger", () => {
    expect(correct(1000, 1500, 1, true)).toEqual({ seek: 1500 });
    expect(correct(1000, 1500, 2, true)).toEqual({ rate: 2.12 });
    expect(correct(1000, 2000, 2, true)).toEqual({ seek: 2000 });
  });

  test("standing, every visible difference is jumped: no speed would close it", () => {
    expect(correct(1000, 1150, 1, false)).toEqual({ seek: 1150 });
  });
});

test("a moment of which nothing can be read stops the clock", () => {
  const stopped = tick(play(transport(60_000, 0), 0), 1000, "failed");
  expect(stopped.playing).toBe(false);
  expect(positionAt(stopped, 9000)).toBe(1000);
});
