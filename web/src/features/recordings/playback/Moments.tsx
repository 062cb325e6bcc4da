import { ChevronDown, SkipBack, SkipForward } from "lucide-react";
import { useState } from "react";
import { Button as Plain } from "react-aria-components";
import type { Timeline } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { Button, IconButton } from "../../../shared/ui/Button";
import { classes } from "../../../shared/ui/classes";
import { type Moment, stopFrom, stretchesOf, whenWords } from "./moments";
import { CONNECTIONS } from "./Track";
import { type Gap, type Lane, missingOf } from "./timeline";

/** More than these are shown when asked for. */
const FIRST = 20;

export interface MomentsProps {
  lanes: readonly Lane[];
  gaps: readonly Gap[];
  timeline: Timeline;
  moments: readonly Moment[];
  length: number;
  position: number;
  onSeek: (position: number) => void;
  /** To the next one, or to the previous one. */
  onStep: (direction: 1 | -1) => void;
}

/** What the colours of the time line mean, and all that is on it as a list. */
export function Moments(props: MomentsProps) {
  const { moments, position, onSeek, onStep } = props;
  const [isOpen, setOpen] = useState(false);
  const [all, setAll] = useState(false);
  return (
    <div className="border-t border-stage-line px-4 pt-1 pb-3 group-data-full/player:hidden sm:px-6">
      <div className="flex flex-wrap items-center justify-between gap-x-4">
        <Plain
          aria-expanded={isOpen}
          onPress={() => setOpen(!isOpen)}
          className="inline-flex min-h-11 cursor-pointer items-center gap-2 rounded-control text-sm font-semibold text-stage-ink outline-offset-2 data-focus-visible:outline-2 data-focus-visible:outline-stage-strong"
        >
          <ChevronDown aria-hidden className={classes("size-4", !isOpen && "-rotate-90")} />
          {t("moments.title", { count: moments.length })}
        </Plain>
        <span className="flex items-center gap-1">
          <IconButton
            aria-label={t("moments.previous")}
            isDisabled={stopFrom(moments, position, -1) === undefined}
            onPress={() => onStep(-1)}
            tone="night"
          >
            <SkipBack aria-hidden className="size-5" />
          </IconButton>
          <IconButton
            aria-label={t("moments.next")}
            isDisabled={stopFrom(moments, position, 1) === undefined}
            onPress={() => onStep(1)}
            tone="night"
          >
            <SkipForward aria-hidden className="size-5" />
          </IconButton>
        </span>
      </div>
      <Legend {...props} />
      {isOpen && (
        <>
          <ol aria-label={t("moments.list")} className="mt-2 divide-y divide-stage-line text-sm">
            {(all ? moments : moments.slice(0, FIRST)).map((moment) => (
              <li
                key={`${moment.kind} ${moment.at} ${moment.words}`}
                className="flex flex-wrap items-center gap-x-4 py-0.5"
              >
                <Plain
                  aria-label={t("moments.goTo", { when: whenWords(moment) })}
                  onPress={() => onSeek(Math.max(0, moment.at))}
                  className="min-h-9 w-28 shrink-0 cursor-pointer rounded-control text-start text-stage-accent tabular-nums underline-offset-4 outline-offset-2 data-focus-visible:outline-2 data-focus-visible:outline-stage-strong data-hovered:underline"
                >
                  {whenWords(moment)}
                </Plain>
                <span className="min-w-0 flex-1 basis-56 wrap-anywhere">{moment.words}</span>
              </li>
            ))}
          </ol>
          {!all && moments.length > FIRST && (
            <Button variant="night" size="small" className="mt-2" onPress={() => setAll(true)}>
              {t("lacks.showAll", { count: moments.length })}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

/** Of what there is in this recording. */
function Legend({ lanes, gaps, timeline, length }: MomentsProps) {
  const conditions = new Set(stretchesOf(timeline.connections, length).map((one) => one.condition));
  const entries = [
    [lanes.length > 0, t("moments.legend.recorded"), "h-1 rounded-full bg-stage-muted/45"],
    [
      lanes.some((lane) => missingOf(lane).length > 0),
      t("moments.legend.missing"),
      "h-1 bg-stage-warning",
    ],
    [
      gaps.some(({ onRequest }) => onRequest),
      t("moments.legend.offTheRecord"),
      "h-3 bg-stage-accent/45",
    ],
    [
      gaps.some(({ onRequest }) => !onRequest),
      t("moments.legend.notRecorded"),
      "h-3 bg-stage-warning/35",
    ],
    ...(["excellent", "good", "fair", "poor", "lost"] as const).map(
      (condition) =>
        [
          conditions.has(condition),
          t(`moments.legend.${condition}`),
          classes("h-0.5", CONNECTIONS[condition]),
        ] as const,
    ),
  ] as const;
  return (
    <ul
      aria-label={t("moments.legend.label")}
      className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-stage-muted"
    >
      {entries
        .filter(([isThere]) => isThere)
        .map(([, words, look]) => (
          <li key={words} className="flex items-center gap-2">
            <span aria-hidden className={classes("inline-block w-5", look)} />
            {words}
          </li>
        ))}
    </ul>
  );
}
