import { Slider, SliderThumb, SliderTrack } from "react-aria-components";
import { t } from "../../../shared/i18n";
import { classes } from "../../../shared/ui/classes";
import { type Gap, type Lane, missingOf, type Stretch } from "./timeline";

export interface SeekProps {
  lanes: readonly Lane[];
  /** Where nothing was recorded of anybody. */
  gaps: readonly Gap[];
  position: number;
  length: number;
  onSeek: (position: number) => void;
}

/** The time line: a slider, and below it who was recorded when, and where something is missing. */
export function Seek({ lanes, gaps, position, length, onSeek }: SeekProps) {
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
      <div aria-hidden className="drawn relative flex flex-col gap-1">
        {gaps.map((gap) => (
          <div
            key={gap.start}
            title={gap.words}
            className={classes(
              "absolute -inset-y-0.5 min-w-0.5 rounded-xs",
              gap.onRequest ? "bg-stage-accent/45" : "bg-stage-warning/35",
            )}
            style={place(gap, length)}
          />
        ))}
        {lanes.map((lane) => (
          <div key={lane.key} className="relative h-1">
            {lane.segments.map((segment) => (
              <div
                key={segment.part.part_id}
                className="absolute h-full rounded-full bg-stage-muted/45"
                style={place(segment, length)}
              />
            ))}
            {missingOf(lane).map((stretch) => (
              <div
                key={`${stretch.start} ${stretch.end}`}
                title={t("player.missing")}
                className="absolute h-full min-w-0.5 bg-stage-warning"
                style={place(stretch, length)}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function place({ start, end }: Stretch, length: number): { left: string; width: string } {
  return { left: `${(start / length) * 100}%`, width: `${((end - start) / length) * 100}%` };
}
