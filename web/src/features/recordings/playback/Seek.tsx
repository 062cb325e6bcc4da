import { Slider, SliderThumb, SliderTrack } from "react-aria-components";
import { t } from "../../../shared/i18n";
import { Track, type TrackProps } from "./Track";

export interface SeekProps extends TrackProps {
  position: number;
}

/** The time line: a slider, and below it what happened when. */
export function Seek({ position, length, onSeek, ...track }: SeekProps) {
  // Whole seconds, rounded as the clock beside it is.
  const seconds = Math.floor(length / 1000);
  return (
    <div>
      <Slider
        aria-label={t("player.position")}
        minValue={0}
        maxValue={seconds}
        step={1}
        value={Math.min(seconds, Math.floor(position / 1000))}
        onChange={(value) => onSeek(value * 1000)}
        formatOptions={{
          style: "unit",
          unit: "second",
          unitDisplay: "long",
          maximumFractionDigits: 0,
        }}
      >
        <SliderTrack className="drawn group relative h-8 w-full cursor-pointer">
          {({ state }) => (
            <>
              <div className="absolute top-1/2 h-1.5 w-full -translate-y-1/2 rounded-full bg-stage-control-hover" />
              <div
                className="absolute top-1/2 h-1.5 -translate-y-1/2 rounded-full bg-stage-accent"
                style={{ width: `${state.getThumbPercent(0) * 100}%` }}
              />
              <SliderThumb className="top-1/2 size-4.5 rounded-full bg-stage-strong shadow-sm outline-offset-2 data-dragging:size-5 data-focus-visible:outline-2 data-focus-visible:outline-stage-strong" />
            </>
          )}
        </SliderTrack>
      </Slider>
      <Track {...track} length={length} onSeek={onSeek} />
    </div>
  );
}
