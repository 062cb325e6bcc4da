/** Both ways of this user's own network: how many pictures each of them carries. */

import type { MessageOf, Pictures } from "../../../shared/api/signaling/messages";
import { Ladder } from "./ladder";
import { company, maySend } from "./selectors";
import type { CallState } from "./state";
import type { Sample } from "./statistics";

type Path = Pick<MessageOf<"path">, "loss" | "carries_bps" | "limit_bps">;

/** Of the server's limit, which others' networks set: what comes near it is not held back here. */
const NEAR = 0.9;

export class Ladders {
  readonly #up = new Ladder();
  readonly #down = new Ladder();
  #path: Path = { loss: 0, carries_bps: null, limit_bps: null };

  /** The server knows of this connection what a page cannot measure. */
  told(path: Path): void {
    this.#path = path;
  }

  /** Where both ways are from now on. A way that no camera takes rests. */
  update(sample: Sample, state: CallState): Pick<Pictures, "sends" | "receives"> {
    const { at, uplinkLoss } = sample;
    const { loss, carries_bps: carriesBps } = this.#path;
    return {
      sends: sendsCamera(state)
        ? this.#up.update({ at, loss: uplinkLoss, carriesBps: this.#carriesUp(sample) })
        : this.#up.rest(),
      receives: receivesCameras(state)
        ? this.#down.update({ at, loss, carriesBps })
        : this.#down.rest(),
    };
  }

  #carriesUp({ heldBackToBps }: Sample): number | null {
    const limit = this.#path.limit_bps;
    const isOthers = heldBackToBps !== null && limit !== null && heldBackToBps > NEAR * limit;
    return isOthers ? null : heldBackToBps;
  }
}

function sendsCamera(state: CallState): boolean {
  return maySend(state).camera && state.own.camera && !state.pictures.sound_only;
}

function receivesCameras(state: CallState): boolean {
  const { audioOnly, pictures } = state;
  if (audioOnly || pictures.sound_only) return false;
  return company(state).some(({ connected, media }) => connected && media.camera);
}
