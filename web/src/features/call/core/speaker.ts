/**
 * Who speaks, from how loud the voices are that arrive: a pause between two words changes nothing,
 * nor does a cough. Pure; times in ms, levels as the root mean square of full scale, 0 to 1.
 */
const AUDIBLE = 0.01; // −40 dB: a quiet voice, and not a room
const HOLD_MS = 1_500;
const TAKE_OVER_MS = 900;

export class Speaker {
  #speaker: string | null = null;
  #heardAt = 0;
  #rival: string | null = null;
  #rivalSince = 0;

  /** `levels` by user id since the last update. Returns who speaks now; null: nobody. */
  update(levels: ReadonlyMap<string, number>, at: number): string | null {
    const loudest = loudestOf(levels);
    if (loudest !== this.#rival) this.#rivalSince = at;
    this.#rival = loudest;
    if (this.#speaker !== null && (levels.get(this.#speaker) ?? 0) >= AUDIBLE) this.#heardAt = at;
    if (this.#isOver(at)) this.#speaker = loudest;
    if (this.#speaker === loudest) this.#heardAt = at;
    return this.#speaker;
  }

  /**
   * Whether the word is free: the speaker has paused for long, or somebody else is louder for long.
   */
  #isOver(at: number): boolean {
    if (this.#speaker === null || at - this.#heardAt >= HOLD_MS) return true;
    return this.#rival !== null && at - this.#rivalSince >= TAKE_OVER_MS;
  }
}

function loudestOf(levels: ReadonlyMap<string, number>): string | null {
  const [loudest] = [...levels]
    .filter(([, level]) => level >= AUDIBLE)
    .sort(([, a], [, b]) => b - a);
  return loudest?.[0] ?? null;
}
