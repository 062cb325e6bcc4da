import { useEffect, useRef, useState } from "react";
import type { DeviceMove } from "./core/devices";
import { Output, outputOf } from "./core/output";
import { changePreferences, type RememberedDevice, readPreferences } from "./core/preferences";
import { useDevices } from "./useDevices";

export interface SpeakerChoice {
  /** Where the sound goes; undefined: wherever the system sends it. */
  id: string | undefined;
  /** The last time that the chosen one went or came. */
  move: DeviceMove | null;
  choose: (speaker: RememberedDevice) => void;
}

/**
 * The speaker that was chosen, here or the last time, and the system's choice while it is away.
 * Browsers name speakers once they let a device be used: `permitted` is whether one is.
 */
export function useSpeaker(permitted: boolean): SpeakerChoice {
  const [chosen, setChosen] = useState(() => readPreferences().speaker);
  const [move, setMove] = useState<DeviceMove | null>(null);
  const output = useRef(new Output());
  const { speakers } = useDevices(permitted && chosen !== null);
  useEffect(() => {
    const moved = output.current.update(chosen, speakers);
    if (moved !== null) setMove(moved);
  }, [chosen, speakers]);
  const choose = (speaker: RememberedDevice) => {
    changePreferences({ speaker });
    output.current.forget();
    setMove(null);
    setChosen(speaker);
  };
  return { id: chosen === null ? undefined : outputOf(chosen, speakers), move, choose };
}
