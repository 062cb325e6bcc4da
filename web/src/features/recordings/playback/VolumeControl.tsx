import { Volume2, VolumeX } from "lucide-react";
import { useEffect, useState } from "react";
import { Slider, SliderThumb, SliderTrack } from "react-aria-components";
import { t } from "../../../shared/i18n";
import { IconButton } from "../../../shared/ui/Button";
import { initials } from "../../../shared/ui/initials";
import type { Segment } from "./timeline";

export interface VolumeControlProps {
  name: string;
  parts: readonly Segment[];
  elements: ReadonlyMap<string, HTMLMediaElement>;
}

/** How loud one participant is, over all their parts. */
export function VolumeControl({ name, parts, elements }: VolumeControlProps) {
  const [volume, setVolume] = useState(1);
  const [muted, setMuted] = useState(false);
  useEffect(() => {
    for (const { part } of parts) {
      const element = elements.get(part.part_id);
      if (!element) continue;
      element.volume = volume;
      element.muted = muted;
    }
  }, [volume, muted, parts, elements]);
  const Icon = muted || volume === 0 ? VolumeX : Volume2;
  return (
    <div className="flex items-center gap-1">
      <IconButton
        aria-label={t(muted ? "player.unmute" : "player.mute", { name })}
        onPress={() => setMuted(!muted)}
        tone="night"
      >
        <Icon aria-hidden className="size-5" />
      </IconButton>
      <span aria-hidden className="text-xs font-bold text-stage-muted">
        {initials(name)}
      </span>
      <Slider
        aria-label={t("player.volume", { name })}
        minValue={0}
        maxValue={1}
        step={0.05}
        value={muted ? 0 : volume}
        formatOptions={{ style: "percent" }}
        onChange={(value) => {
          setVolume(value);
          setMuted(false);
        }}
        className="ml-2 w-20"
      >
        <SliderTrack className="drawn relative h-8 w-full cursor-pointer">
          {({ state }) => (
            <>
              <div className="absolute top-1/2 h-1 w-full -translate-y-1/2 rounded-full bg-stage-control-hover" />
              <div
                className="absolute top-1/2 h-1 -translate-y-1/2 rounded-full bg-stage-ink"
                style={{ width: `${state.getThumbPercent(0) * 100}%` }}
              />
              <SliderThumb className="top-1/2 size-3.5 rounded-full bg-stage-strong outline-offset-2 data-focus-visible:outline-2 data-focus-visible:outline-stage-strong" />
            </>
          )}
        </SliderTrack>
      </Slider>
    </div>
  );
}
