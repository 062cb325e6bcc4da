import { Volume2, VolumeX } from "lucide-react";
import { t } from "../../shared/i18n";
import { formatPosition } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { ringSecondsLeft } from "./core/selectors";
import type { CallState } from "./core/state";
import { useNow } from "./useNow";
import type { Ringback } from "./useRingback";

/** For how long it still rings at the patient's, and whether that is heard here. */
export function Ringing({ state, ringback }: { state: CallState; ringback: Ringback }) {
  const left = ringSecondsLeft(state, useNow(true));
  if (left === null) return null;
  const Icon = ringback.isOn ? Volume2 : VolumeX;
  return (
    <div className="mt-4 flex flex-wrap items-center justify-center gap-x-4 gap-y-2 short:mt-1">
      <p role="timer" className="text-stage-ink tabular-nums">
        {t("call.ringing.left", { time: formatPosition(left * 1000) })}
      </p>
      <Button variant="night" size="small" onPress={() => ringback.turn(!ringback.isOn)}>
        <Icon aria-hidden className="size-4" />
        {t(ringback.isOn ? "call.ringing.silence" : "call.ringing.sound")}
      </Button>
    </div>
  );
}
