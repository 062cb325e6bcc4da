import { useEffect, useState } from "react";
import { changePreferences, readPreferences } from "./core/preferences";
import { startRingback } from "./core/ringback";
import { ringSecondsLeft } from "./core/selectors";
import type { CallState } from "./core/state";
import { useLatest } from "./useLatest";

export interface Ringback {
  isOn: boolean;
  turn: (on: boolean) => void;
}

/** While it rings at the patient's, who calls hears it, unless they want it silent. */
export function useRingback(state: CallState, speakerId: string | undefined): Ringback {
  const [isOn, setOn] = useState(() => readPreferences().ringback);
  const latest = useLatest(state);
  const sounds = isOn && ringSecondsLeft(state, 0) !== null;
  useEffect(() => {
    const { ringsUntil } = latest.current;
    if (!sounds || ringsUntil === null) return;
    return startRingback(ringsUntil, speakerId);
  }, [sounds, speakerId, latest]);
  const turn = (ringback: boolean) => {
    changePreferences({ ringback });
    setOn(ringback);
  };
  return { isOn, turn };
}
