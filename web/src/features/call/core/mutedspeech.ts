/**
 * Whether somebody speaks though they are muted, and so may not know it: words, and neither a cough
 * nor a key. Told while they go on, and then not again for a while. Pure; times in ms, levels as
 * `loudnessOf` has them.
 */
const SPOKEN = 0.42; // −35 dB: somebody at the microphone, and nobody in the next room
const WINDOW_MS = 2_000;
const SPOKEN_FOR_MS = 600;
const LONGEST_SAMPLE_MS = 200; // a page in the background is asked less often
const SHOWN_FOR_MS = 10_000;
const AGAIN_AFTER_MS = 60_000;

export class MutedSpeech {
  #loud: { at: number; ms: number }[] = [];
  #before: number | null = null;
  #spokenAt = Number.NEGATIVE_INFINITY;
  #isTold = false;
  #toldUntil = Number.NEGATIVE_INFINITY;

  /** One more level while muted. Returns whether it is to be told now. */
  update(level: number, at: number): boolean {
    if (this.#isSpeech(level, at)) this.#spokenAt = at;
    if (this.#isTold && at - this.#spokenAt >= SHOWN_FOR_MS) this.#untold(at);
    else if (this.#spokenAt === at && at - this.#toldUntil >= AGAIN_AFTER_MS) this.#isTold = true;
    return this.#isTold;
  }

  /** Not muted any more: what was said until now is over. */
  forget(): void {
    if (this.#isTold) this.#untold(this.#before ?? 0);
    this.#loud = [];
    this.#before = null;
  }

  #isSpeech(level: number, at: number): boolean {
    const ms = Math.min(LONGEST_SAMPLE_MS, at - (this.#before ?? at));
    this.#before = at;
    if (level >= SPOKEN) this.#loud.push({ at, ms });
    this.#loud = this.#loud.filter((each) => at - each.at < WINDOW_MS);
    return this.#loud.reduce((sum, each) => sum + each.ms, 0) >= SPOKEN_FOR_MS;
  }

  #untold(at: number): void {
    this.#isTold = false;
    this.#toldUntil = at;
  }
}
