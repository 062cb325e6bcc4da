import { CircleCheck, CircleX, Disc, MicOff, Undo2 } from "lucide-react";
import { useState } from "react";
import { Button } from "react-aria-components";
import type { Timeline } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { formatList } from "../../../shared/i18n/format";
import { classes } from "../../../shared/ui/classes";
import { bandsOf, type Mark, type Moment, marksOf, whenWords } from "./moments";
import { type Gap, type Lane, missingOf, type Stretch } from "./timeline";
import { useWidth } from "./useWidth";

/** Of a mark, px: as much as WCAG 2.5.8 asks of a target. */
const SIZE = 24;

const MARKS = {
  given: { icon: CircleCheck, colour: "text-stage-accent" },
  on_the_record: { icon: Disc, colour: "text-stage-accent" },
  off_the_record: { icon: MicOff, colour: "text-stage-warning" },
  declined: { icon: CircleX, colour: "text-stage-warning" },
  withdrawn: { icon: Undo2, colour: "text-stage-warning" },
} as const;
type Said = keyof typeof MARKS;
const SAID = Object.keys(MARKS) as readonly Said[];

/** Beside its words in the list the same is told; a picture alone tells nobody apart. */
export const CONNECTIONS = {
  excellent: "bg-stage-accent",
  good: "bg-stage-accent/70",
  fair: "bg-stage-warning",
  poor: "bg-stage-recording",
  lost: "border-t-2 border-dashed border-stage-danger",
} as const;

export interface TrackProps {
  lanes: readonly Lane[];
  /** Where nothing was recorded of anybody. */
  gaps: readonly Gap[];
  timeline: Timeline;
  moments: readonly Moment[];
  length: number;
  onSeek: (position: number) => void;
}

/**
 * Below the slider: what was said about being recorded, as marks to jump to; who was recorded when,
 * where something is missing, and how well each was connected.
 */
export function Track({ lanes, gaps, timeline, moments, length, onSeek }: TrackProps) {
  const [line, width] = useWidth<HTMLDivElement>();
  const marks = marksOf(moments, length, width, SIZE);
  return (
    <div ref={line} className="drawn">
      {marks.length > 0 && (
        <div className="relative h-6">
          {marks.map((mark) => (
            <MarkButton key={mark.at} mark={mark} share={mark.at / length} onSeek={onSeek} />
          ))}
        </div>
      )}
      <div aria-hidden className="relative flex flex-col gap-1">
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
        {bandsOf(timeline.connections, length).map((band) => (
          <div key={band[0]?.userId} className="relative h-0.5">
            {band.map(({ start, end, name, condition }) => (
              <div
                key={start}
                title={t(`moments.connection.${condition}`, { name })}
                className={classes("absolute h-full min-w-0.5", CONNECTIONS[condition])}
                style={place({ start, end }, length)}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

interface MarkButtonProps {
  mark: Mark;
  /** Of the line before it. */
  share: number;
  onSeek: (position: number) => void;
}

/** Says what happened there when it is pointed at or has the focus, until Escape. */
function MarkButton({ mark, share, onSeek }: MarkButtonProps) {
  const [isDismissed, setDismissed] = useState(false);
  const { icon: Icon, colour } = MARKS[gravest(mark)];
  const lines = mark.moments.map((moment) =>
    t("moments.at", { words: moment.words, when: whenWords(moment) }),
  );
  return (
    <span
      className="group/mark absolute top-0 -translate-x-1/2"
      style={{ left: `${share * 100}%` }}
    >
      <Button
        aria-label={formatList(lines)}
        onPress={() => onSeek(mark.at)}
        onFocusChange={() => setDismissed(false)}
        onHoverChange={() => setDismissed(false)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setDismissed(true);
          event.continuePropagation();
        }}
        className={classes(
          "flex size-6 cursor-pointer items-center justify-center rounded-full outline-offset-1 data-hovered:bg-stage-control data-focus-visible:outline-2 data-focus-visible:outline-stage-strong",
          colour,
        )}
      >
        <Icon aria-hidden className="size-4" />
      </Button>
      {!isDismissed && (
        <span
          aria-hidden
          className={classes(
            "absolute bottom-full z-20 hidden w-max max-w-[min(20rem,70vw)] rounded-control bg-stage-control px-3 py-2 text-sm text-stage-strong shadow-card group-focus-within/mark:block group-hover/mark:block",
            share < 0.5 ? "left-0" : "right-0",
          )}
        >
          {lines.map((line) => (
            <span key={line} className="block wrap-anywhere">
              {line}
            </span>
          ))}
        </span>
      )}
    </span>
  );
}

/** Of several the one that changed most is drawn. */
function gravest({ moments }: Mark): Said {
  return SAID.findLast((kind) => moments.some((moment) => moment.kind === kind)) ?? "given";
}

function place({ start, end }: Stretch, length: number): { left: string; width: string } {
  return { left: `${(start / length) * 100}%`, width: `${((end - start) / length) * 100}%` };
}
