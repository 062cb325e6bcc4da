import type { KeyboardEvent, RefObject } from "react";
import type { Appointment } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatTime } from "../../shared/i18n/format";
import { classes } from "../../shared/ui/classes";
import { useDrag } from "./useDrag";
import { dragged, placeOf, SNAP_MINUTES } from "./week";
import { formatWhen, STATUS_WORDS } from "./words";

const LOOKS: Readonly<Record<Appointment["status"], string>> = {
  booked: "bg-accent-tint text-accent-ink border-accent",
  fulfilled: "bg-success-subtle text-success-ink border-success-line",
  noshow: "bg-warning-subtle text-warning-ink border-warning",
  cancelled: "bg-subtle text-muted border-line-strong line-through",
};
/** A shorter one has room for a single line. */
const TWO_LINES_MS = 45 * 60_000;
/** By how many days and minutes an arrow key with Alt moves it. */
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, -SNAP_MINUTES],
  ArrowDown: [0, SNAP_MINUTES],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

export interface BlockProps {
  one: Appointment;
  hours: readonly [number, number];
  grid: RefObject<HTMLElement | null>;
  days: number;
  onOpen: () => void;
  onMove: (to: Date) => void;
}

/** An appointment in its day: pressed, it opens; dragged, or by Alt and arrows, it moves. */
export function Block({ one, hours, grid, days, onOpen, onMove }: BlockProps) {
  const { top, height } = placeOf(one, hours);
  const starts = new Date(one.starts_at);
  const isShort = Date.parse(one.ends_at) - starts.getTime() < TWO_LINES_MS;
  const movable = one.status === "booked";
  const drag = useDrag({ ref: grid, days, hours: hours[1] - hours[0] }, starts, onMove);
  const byKey = (event: KeyboardEvent) => {
    const step = event.altKey ? STEPS[event.key] : undefined;
    if (!step || !movable) return;
    event.preventDefault();
    onMove(dragged(starts, ...step));
  };
  const { offset } = drag;
  return (
    <button
      type="button"
      {...(movable && { "aria-keyshortcuts": "Alt+ArrowUp Alt+ArrowDown" })}
      onClick={() => !drag.wasDragged() && onOpen()}
      onKeyDown={byKey}
      {...(movable && drag.handlers)}
      className={classes(
        "absolute inset-x-1 flex min-h-4.5 cursor-pointer overflow-hidden rounded-md border-l-4 px-2 text-start leading-tight select-none",
        isShort ? "items-center gap-1.5 text-xs" : "flex-col items-start py-1 text-sm",
        "hover:brightness-95 focus-visible:z-10 focus-visible:outline-2 focus-visible:outline-focus",
        LOOKS[one.status],
        offset && "z-20 cursor-grabbing opacity-90 shadow-float",
      )}
      style={{
        top: `${top}%`,
        height: `calc(${height}% - 2px)`,
        ...(offset && { transform: `translate(${offset.x}px, ${offset.y}px)` }),
      }}
    >
      <span className="max-w-full truncate font-semibold">{one.patient_name}</span>
      <span className={classes("shrink-0 tabular-nums", isShort && "@max-[10rem]:hidden")}>
        {formatTime(one.starts_at)}
      </span>
      <span className="sr-only">{`, ${formatWhen(one)}, ${t(STATUS_WORDS[one.status])}`}</span>
    </button>
  );
}
