/**
 * What the samples of a connection say: its figures, whether anything comes at all, and who speaks.
 */

import type { Connection } from "./connection";
import { Silence } from "./silence";
import { Speaker } from "./speaker";
import { between, type ConnectionStatistics, loudness, type Sample } from "./statistics";

const SAMPLES = 13; // figures are those of the last 6 s

export interface MeasurementsListener {
  measured(statistics: ConnectionStatistics): void;
  sampled(sample: Sample): void;
  /** Nothing comes from the server, though it should. */
  flow(stalled: boolean): void;
  speaker(userId: string | null): void;
}

export class Measurements {
  readonly #listener: MeasurementsListener;
  #samples: Sample[] = [];
  #silence = new Silence();
  #speaker = new Speaker();

  constructor(listener: MeasurementsListener) {
    this.#listener = listener;
  }

  /** One more sample. `isCurrent`: that connection has not been replaced while it was taken. */
  async sample(connection: Connection, isCurrent: () => boolean): Promise<void> {
    const sampled = await connection.sample(Date.now());
    if (!isCurrent()) return;
    this.#samples = [...this.#samples, sampled].slice(-SAMPLES);
    const [first, before] = [this.#samples[0], this.#samples.at(-2)];
    if (first === undefined || before === undefined) return;
    this.#listener.measured(between(first, sampled));
    this.#listen(before, sampled);
    this.#hear(connection, before, sampled);
    this.#listener.sampled(sampled);
  }

  /**
   * Only who sends can miss the server's feedback: to who does not, little may come though all is
   * well.
   */
  #listen(before: Sample, last: Sample): void {
    const silent = this.#silence.update(last.heard, last.at);
    this.#listener.flow(silent && last.bytesSent > before.bytesSent);
  }

  #hear(connection: Connection, before: Sample, last: Sample): void {
    const levels = [...loudness(before, last)].flatMap(([mid, level]): [string, number][] => {
      const userId = connection.voiceOn(mid);
      return userId === null ? [] : [[userId, level]];
    });
    this.#listener.speaker(this.#speaker.update(new Map(levels), last.at));
  }

  /** Nothing is known any more: there is no connection, or another one. */
  forget(): void {
    this.#samples = [];
    this.#silence = new Silence();
    this.#speaker = new Speaker();
    this.#listener.flow(false);
    this.#listener.speaker(null);
  }
}
