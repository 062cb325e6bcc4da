import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Sending } from "./sending";
import { initialState } from "./state";

class Track {
  readyState = "live";
  onended: (() => void) | null = null;
  stop = () => {
    this.readyState = "ended";
  };
}

/** What a browser that captures a screen with its sound has, as far as it is used here. */
class Context {
  static state = "running";
  static mixes = true;
  static open = 0;
  static resumed: Promise<void> = Promise.resolve();
  state = Context.state;
  readonly #track = new Track();
  constructor() {
    Context.open += 1;
  }
  resume = () => Context.resumed;
  close = async () => {
    Context.open -= 1;
  };
  createMediaStreamDestination = () => ({ stream: { getAudioTracks: () => [this.#track] } });
  createMediaStreamSource() {
    if (!Context.mixes) throw new Error("another rate");
    return { connect: () => undefined, disconnect: () => undefined };
  }
}

const state = initialState("me");
/** What the user picked, each time, and their press that does it. */
let captured: Track[][] = [];
let picks: (() => void)[] = [];

beforeEach(() => {
  [captured, picks] = [[], []];
  Object.assign(Context, { state: "running", mixes: true, open: 0, resumed: Promise.resolve() });
  const getDisplayMedia = () =>
    new Promise((resolve) => {
      const tracks = [new Track(), new Track()];
      captured.push(tracks);
      const [picture, sound] = tracks;
      picks.push(() => resolve({ getVideoTracks: () => [picture], getAudioTracks: () => [sound] }));
    });
  const mediaDevices = {
    getDisplayMedia,
    getSupportedConstraints: () => ({}),
    removeEventListener: () => undefined,
  };
  vi.stubGlobal("navigator", { mediaDevices });
  vi.stubGlobal("MediaStream", class {});
  vi.stubGlobal("AudioContext", Context);
});
afterEach(() => vi.unstubAllGlobals());

function made(send: () => Promise<void> = async () => undefined) {
  const nothing = () => undefined;
  return new Sending(undefined, {
    deviceChanged: nothing,
    screenChanged: send,
    soundChanged: async () => undefined,
    problem: nothing,
    moved: nothing,
    changed: nothing,
  });
}

async function shared(sending: Sending) {
  const started = sending.startScreen(state);
  picks.at(-1)?.();
  await started;
}

const live = () => captured.flat().filter(({ readyState }) => readyState === "live").length;

test("what sounds on a shared screen is captured no longer than its picture", async () => {
  const sending = made();
  await shared(sending);
  expect([live(), sending.hasScreenSound]).toEqual([2, true]);
  await sending.stopScreen();
  expect([live(), sending.hasScreenSound, Context.open]).toEqual([0, false, 0]);
  await shared(sending);
  sending.release();
  expect([live(), sending.screen, Context.open]).toEqual([0, null, 0]);
});

test("a sound that cannot be mixed is not captured either", async () => {
  vi.useFakeTimers();
  Context.state = "suspended";
  const sending = made();
  await shared(sending);
  expect(captured[0]?.map(({ readyState }) => readyState)).toEqual(["live", "ended"]);
  expect([sending.hasScreenSound, Context.open]).toEqual([false, 0]);
  vi.useRealTimers();
});

test("a screen that is picked after the call is let go of at once", async () => {
  const sending = made();
  const started = sending.startScreen(state);
  sending.release();
  picks[0]?.();
  await started;
  expect([live(), sending.screen]).toEqual([0, null]);
  await sending.startScreen(state);
  expect(captured).toHaveLength(1);
});

test.each(["release", "stopScreen"] as const)(
  "%s while the sound is prepared lets go of it too",
  async (end) => {
    let ready: () => void = () => undefined;
    Context.resumed = new Promise((resolve) => {
      ready = resolve;
    });
    const sending = made();
    const started = sending.startScreen(state);
    picks[0]?.();
    await vi.waitFor(() => expect(sending.screen).not.toBeNull());
    await sending[end]();
    ready();
    await started;
    expect([live(), sending.screen, sending.hasScreenSound, Context.open]).toEqual([
      0,
      null,
      false,
      0,
    ]);
  },
);

test("two quick presses ask once", async () => {
  const sending = made();
  const both = [sending.startScreen(state), sending.startScreen(state)];
  for (const pick of picks) pick();
  await Promise.all(both);
  expect(captured).toHaveLength(1);
});

test("a screen that cannot be sent is not captured, and another can be tried", async () => {
  let works = false;
  const sending = made(async () => {
    if (!works) throw new Error("no line");
  });
  await expect(shared(sending)).rejects.toThrow("no line");
  expect([live(), sending.screen, Context.open]).toEqual([0, null, 0]);
  works = true;
  await shared(sending);
  expect(live()).toBe(2);
});

test("neither is one whose sound the browser refuses to mix", async () => {
  Context.mixes = false;
  const sending = made();
  await expect(shared(sending)).rejects.toThrow("another rate");
  expect([live(), sending.screen, Context.open]).toEqual([0, null, 0]);
});
