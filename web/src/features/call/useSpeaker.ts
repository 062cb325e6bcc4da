import { useState } from "react";
import {
  changePreferences,
  find,
  type RememberedDevice,
  readPreferences,
} from "./core/preferences";
import { useDevices } from "./useDevices";

/** The system's own choice (Audio Output Devices API). */
const DEFAULT = "";

/**
 * Where the sound goes: the speaker that was chosen, here or the last time, and the system's choice
 * while it is away. Browsers name speakers once they let a device be used: `permitted` is whether
 * one is.
 */
export function useSpeaker(
  permitted: boolean,
): [string | undefined, (speaker: RememberedDevice) => void] {
  const [chosen, setChosen] = useState(() => readPreferences().speaker);
  const { speakers } = useDevices(permitted && chosen !== null);
  const choose = (speaker: RememberedDevice) => {
    changePreferences({ speaker });
    setChosen(speaker);
  };
  if (chosen === null) return [undefined, choose];
  return [find(chosen, speakers)?.deviceId ?? DEFAULT, choose];
}
