/**
 * The one clock all media of a recording follow. Positions are ms on the recording's time line,
 * `now` is any steadily growing time in ms. A value, not an object: every change gives a new one.
 */
export interface Transport {
  readonly length: number;
  readonly speed: number;
  readonly playing: boolean;
  /** Some media has to load first: the clock stands, though it is meant to play. */
  readonly waiting: boolean;
  /** The position at the time `since`. */
  readonly anchor: number;
  readonly since: number;
}

export function transport(length: number, now: number, anchor = 0): Transport {
  return { length, speed: 1, playing: false, waiting: false, anchor, since: now };
}

const runs = ({ playing, waiting }: Transport) => playing && !waiting;

export function positionAt(state: Transport, now: number): number {
  const moved = runs(state) ? (now - state.since) * state.speed : 0;
  return Math.min(state.length, Math.max(0, state.anchor + moved));
}

/** The same moment, with something changed from now on. */
function change(state: Transport, now: number, changes: Partial<Transport>): Transport {
  return { ...state, anchor: positionAt(state, now), since: now, ...changes };
}

/** From the beginning again when it stands at the end. */
export function play(state: Transport, now: number): Transport {
  const atEnd = positionAt(state, now) >= state.length;
  return change(state, now, { playing: true, ...(atEnd ? { anchor: 0 } : {}) });
}

export const pause = (state: Transport, now: number) =>
  change(state, now, { playing: false, waiting: false });

export function seek(state: Transport, position: number, now: number): Transport {
  return change(state, now, { anchor: Math.min(state.length, Math.max(0, position)) });
}

export const setSpeed = (state: Transport, speed: number, now: number) =>
  change(state, now, { speed });

/** Of all media of one moment. Failed: none of them can be read. */
export type Readiness = "ready" | "loading" | "failed";

/**
 * Called often: stops at the end and where nothing can be read, and stands still while media load.
 */
export function tick(state: Transport, now: number, media: Readiness): Transport {
  if (!state.playing) return state;
  if (media === "failed" || positionAt(state, now) >= state.length) return pause(state, now);
  const waiting = media === "loading";
  return state.waiting === waiting ? state : change(state, now, { waiting });
}

/** Beyond this (ms) a viewer notices, and only a jump helps. */
const JUMP = 400;
/**
 * Below this (ms) nobody notices: well inside the 125 ms for which ITU-R BT.1359 finds lips and
 * voice together.
 */
const CLOSE_ENOUGH = 40;
/** A change of speed that is not heard. */
const NUDGE = 0.06;

export type Correction = { seek: number } | { rate: number };

/**
 * How to bring a media element to where it should be (both in ms of its own time), at the
 * transport's speed: by a small change of its rate, or by a jump.
 */
export function correct(
  actual: number,
  wanted: number,
  speed: number,
  running: boolean,
): Correction {
  const behind = wanted - actual;
  const distance = Math.abs(behind);
  if (distance > JUMP * Math.max(1, speed)) return { seek: wanted };
  if (distance <= CLOSE_ENOUGH) return { rate: speed };
  if (!running) return { seek: wanted };
  return { rate: speed * (behind > 0 ? 1 + NUDGE : 1 - NUDGE) };
}
