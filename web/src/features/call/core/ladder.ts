/**
 * How many pictures one way of a network carries, from rung to rung: all, small ones, none but the
 * sound. Down after seconds of trouble; up again one rung at a time, by trying, because a path that
 * little is sent on tells nothing of what it would carry. Each try that fails makes the next one
 * wait twice as long, as where the relay tries a higher layer for a subscriber.
 *
 * Pure: time is told.
 */

import type { PictureSize } from "../../../shared/api/signaling/messages";

/** What is known of one way at a moment. */
export interface Evidence {
  /** ms */
  readonly at: number;
  /** Fraction of packets that did not arrive, 0..1. */
  readonly loss: number;
  /** As far as somebody has found out that it carries less than there is to send. */
  readonly carriesBps: number | null;
}

const RUNGS: readonly PictureSize[] = ["none", "small", "full"];

/** With the sound and all headers; below it, a smaller picture is the better one. */
const NEEDS_BPS: Record<PictureSize, number> = { full: 200_000, small: 90_000, none: 0 };

/**
 * Where every tenth packet is lost by chance, asking again still brings nearly every frame, and a
 * smaller picture would lose as many; a fifth is a path that is too narrow, and what is heard then
 * has gaps. (The scale that people are shown begins to say "poor" at a twentieth.)
 */
const HEAVY_LOSS = 0.2;
const LIGHT_LOSS = 0.15;

const BAD_FOR_MS = 4_000;
/** Estimates follow what is sent only after some time, so after a step they say nothing. */
const FOLLOWS_AFTER_MS = 8_000;
/** A rung that holds for as long was no mistake. */
const SETTLED_AFTER_MS = 30_000;
const FIRST_PATIENCE_MS = 10_000;
const LONGEST_PATIENCE_MS = 120_000;
/** Between two samples; what a page that slept has missed counts no longer. */
const LONGEST_STEP_MS = 2_000;

export class Ladder {
  #rung: PictureSize = "full";
  #patience = FIRST_PATIENCE_MS;
  #at: number | null = null;
  /** How much longer it was bad than not, ms: one good second among bad ones changes little. */
  #strain = 0;
  #goodSince: number | null = null;
  #steppedAt = Number.NEGATIVE_INFINITY;
  #raisedAt = Number.NEGATIVE_INFINITY;

  get rung(): PictureSize {
    return this.#rung;
  }

  /** The rung from now on. */
  update({ at, loss, carriesBps }: Evidence): PictureSize {
    const carries = at - this.#steppedAt < FOLLOWS_AFTER_MS ? null : carriesBps;
    const bad = loss > HEAVY_LOSS || isNarrow(carries, this.#rung);
    this.#weigh(at, bad);
    if (bad || loss > LIGHT_LOSS || isNarrow(carries, this.#next(1))) this.#goodSince = null;
    else this.#goodSince ??= at;
    if (this.#strain >= BAD_FOR_MS && this.#rung !== "none") this.#lower(at);
    else if (this.#goodSince !== null && at - this.#goodSince >= this.#patience) this.#raise(at);
    return this.#rung;
  }

  /** Nothing flows this way that could be too much: what is known of it is forgotten. */
  rest(): PictureSize {
    this.#rung = "full";
    this.#patience = FIRST_PATIENCE_MS;
    this.#at = this.#goodSince = null;
    this.#strain = 0;
    this.#steppedAt = this.#raisedAt = Number.NEGATIVE_INFINITY;
    return this.#rung;
  }

  #weigh(at: number, bad: boolean): void {
    const passed = this.#at === null ? 0 : Math.min(LONGEST_STEP_MS, at - this.#at);
    this.#at = at;
    this.#strain = Math.max(0, this.#strain + (bad ? passed : -passed));
  }

  #lower(at: number): void {
    const held = at - this.#raisedAt;
    if (held < Math.max(SETTLED_AFTER_MS, this.#patience))
      this.#patience = Math.min(2 * this.#patience, LONGEST_PATIENCE_MS);
    else if (this.#rung === "full") this.#patience = FIRST_PATIENCE_MS;
    this.#raisedAt = Number.NEGATIVE_INFINITY;
    this.#step(at, -1);
  }

  #raise(at: number): void {
    if (this.#rung === "full") return;
    this.#raisedAt = at;
    this.#step(at, 1);
  }

  #next(by: 1 | -1): PictureSize {
    return RUNGS[RUNGS.indexOf(this.#rung) + by] ?? this.#rung;
  }

  #step(at: number, by: 1 | -1): void {
    this.#rung = this.#next(by);
    this.#steppedAt = at;
    this.#strain = 0;
    this.#goodSince = null;
  }
}

function isNarrow(carriesBps: number | null, rung: PictureSize): boolean {
  return carriesBps !== null && carriesBps < NEEDS_BPS[rung];
}
