/**
 * Whether what came all the time has stopped coming. The server judges each participant's packets
 * by the same rule (relay/silence.py), but cannot tell a page whose own network is gone. Pure;
 * times in ms.
 */
const SILENT_AFTER_MS = 2_000;
const REGULAR_GAP_MS = 1_500;
const REGULAR_FOR_MS = 1_500;

export class Silence {
  #total = -1;
  #heardAt = 0;
  #regularSince = 0;

  /** `total`: how much has come so far. Returns whether it is silent now. */
  update(total: number, at: number): boolean {
    if (total !== this.#total) this.#heard(at);
    this.#total = total;
    const regular = this.#heardAt - this.#regularSince >= REGULAR_FOR_MS;
    return regular && at - this.#heardAt >= SILENT_AFTER_MS;
  }

  #heard(at: number): void {
    if (this.#total < 0 || at - this.#heardAt > REGULAR_GAP_MS) this.#regularSince = at;
    this.#heardAt = at;
  }
}
