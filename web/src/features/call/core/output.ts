/** Where the sound of the others goes: the speaker that was chosen, for as long as it is there. */
import type { DeviceMove } from "./devices";
import { find, type RememberedDevice } from "./preferences";

/** The system's own choice (Audio Output Devices API). */
const DEFAULT = "";
/** As Chromium lists that. */
const LISTED_DEFAULT = "default";

type Speaker = Pick<MediaDeviceInfo, "deviceId" | "label">;

export function outputOf(chosen: RememberedDevice | null, speakers: readonly Speaker[]): string {
  return find(chosen, speakers)?.deviceId ?? DEFAULT;
}

/** Tells when the chosen one goes and comes. */
export class Output {
  #wasThere: boolean | null = null;

  /** `speakers`: those that are there now; none while the browser does not name any. */
  update(chosen: RememberedDevice | null, speakers: readonly Speaker[]): DeviceMove | null {
    if (chosen === null || speakers.length === 0) return null;
    const found = find(chosen, speakers);
    const before = this.#wasThere;
    this.#wasThere = found !== null;
    if (before === null || before === this.#wasThere) return null;
    return found === null
      ? { kind: "speaker", event: "fell_back", label: defaultOf(speakers) }
      : { kind: "speaker", event: "came_back", label: found.label };
  }

  /** Another one was chosen: that it is there is no news. */
  forget(): void {
    this.#wasThere = null;
  }
}

function defaultOf(speakers: readonly Speaker[]): string {
  const listed = speakers.find(({ deviceId }) => deviceId === LISTED_DEFAULT) ?? speakers[0];
  return listed?.label ?? "";
}
