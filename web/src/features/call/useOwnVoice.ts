import { useEffect, useMemo, useRef, useState } from "react";
import { Emitter } from "../../shared/api/signaling/emitter";
import { meterMuted } from "./core/level";
import { MutedSpeech } from "./core/mutedspeech";
import { useLatest } from "./useLatest";

export interface OwnVoice {
  /** How loud it is, about 15 times a second. */
  onLevel: (listener: (level: number) => void) => () => void;
  /** They speak, and nobody hears it. */
  isUnheard: boolean;
}

/** What this user says into their microphone, measured here. */
export function useOwnVoice(track: MediaStreamTrack | null, muted: boolean): OwnVoice {
  const [isUnheard, setUnheard] = useState(false);
  const levels = useMemo(() => new Emitter<number>(), []);
  const speech = useRef(new MutedSpeech());
  const latest = useLatest(muted);
  useEffect(() => {
    if (track === null) return;
    const stop = meterMuted(track, (level) => {
      levels.emit(level);
      if (latest.current) setUnheard(speech.current.update(level, Date.now()));
      else speech.current.forget();
    });
    return () => {
      stop();
      setUnheard(false);
    };
  }, [track, levels, latest]);
  return { onLevel: levels.on, isUnheard: isUnheard && muted };
}
