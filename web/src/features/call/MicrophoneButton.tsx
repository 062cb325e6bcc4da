import { Mic, MicOff } from "lucide-react";
import { useEffect, useRef } from "react";
import { t } from "../../shared/i18n";
import { ControlButton } from "./ControlButton";
import type { OwnVoice } from "./useOwnVoice";
import { keys } from "./useShortcuts";

export interface MicrophoneButtonProps {
  isOn: boolean;
  voice: OwnVoice;
  onPress: () => void;
}

/** Mutes and unmutes; while it is on it shows that one's own voice arrives in it. */
export function MicrophoneButton({ isOn, voice, onPress }: MicrophoneButtonProps) {
  return (
    <ControlButton
      label={t(isOn ? "call.controls.mute" : "call.controls.unmute")}
      keys={keys("D")}
      tone={isOn ? "plain" : "off"}
      onPress={onPress}
    >
      <span className="relative grid place-items-center">
        {isOn ? <Mic aria-hidden /> : <MicOff aria-hidden />}
        {isOn && <Level onLevel={voice.onLevel} />}
      </span>
    </ControlButton>
  );
}

/** A quiet room is nothing, and a raised voice all of it. */
const QUIETEST = 0.2;
const LOUDEST = 0.8;

/** Drawn 15 times a second, and therefore not by React. */
function Level({ onLevel }: Pick<OwnVoice, "onLevel">) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      onLevel((level) => {
        const part = Math.min(1, Math.max(0, (level - QUIETEST) / (LOUDEST - QUIETEST)));
        if (bar.current !== null) bar.current.style.width = `${Math.round(100 * part)}%`;
      }),
    [onLevel],
  );
  return (
    <span
      aria-hidden
      data-level
      style={{ bottom: "-8px" }}
      className="absolute h-1 w-full overflow-hidden rounded-full bg-stage"
    >
      <span ref={bar} style={{ width: 0 }} className="absolute inset-y-0 left-0 bg-stage-accent" />
    </span>
  );
}
