import { MicOff, Move } from "lucide-react";
import { type PointerEvent, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { t } from "../../shared/i18n";
import { classes } from "../../shared/ui/classes";
import { initials } from "../../shared/ui/initials";
import { OwnVideo } from "./OwnVideo";

const CORNERS = ["bottom-right", "bottom-left", "top-left", "top-right"] as const;
type Corner = (typeof CORNERS)[number];

const PLACES: Record<Corner, string> = {
  "bottom-right": "right-3 bottom-3 sm:right-4 sm:bottom-4 short:right-2 short:bottom-2",
  "bottom-left": "left-3 bottom-3 sm:left-4 sm:bottom-4",
  "top-left": "left-3 top-3 sm:left-4 sm:top-4",
  "top-right": "right-3 top-3 sm:right-4 sm:top-4",
};

export interface SelfViewProps {
  stream: MediaStream | null;
  name: string;
  camera: boolean;
  muted: boolean;
  /** There is no microphone to be heard through. */
  unheard: boolean;
  onFlip: () => void;
}

/**
 * The own picture, mirrored as in a mirror. Dragged (or sent by its button) into any corner, out of
 * the way.
 */
export function SelfView({ stream, name, camera, muted, unheard, onFlip }: SelfViewProps) {
  const [corner, setCorner] = useState<Corner>("bottom-right");
  const drag = useDrag(setCorner);

  const next = () =>
    setCorner(CORNERS[(CORNERS.indexOf(corner) + 1) % CORNERS.length] ?? "bottom-right");
  return (
    <div
      {...drag.handlers}
      style={{ transform: `translate(${drag.offset.x}px, ${drag.offset.y}px)` }}
      className={classes(
        "group absolute z-10 h-37 w-28 touch-none overflow-hidden rounded-2xl bg-stage-raised shadow-float ring-1 ring-stage-line",
        "cursor-grab active:cursor-grabbing sm:h-36 sm:w-64 short:h-20 short:w-28 short:sm:h-24 short:sm:w-40",
        PLACES[corner],
      )}
    >
      <OwnVideo stream={stream} camera={camera} onFlip={onFlip} />
      {!camera && (
        <span className="absolute inset-0 grid place-items-center">
          <span className="grid size-14 place-items-center rounded-full bg-stage-control-hover text-lg font-bold text-stage-ink">
            {initials(name)}
          </span>
        </span>
      )}
      <span className="absolute inset-x-0 bottom-0 flex items-center gap-1.5 bg-linear-to-t from-stage/80 to-transparent px-2.5 pt-5 pb-1.5 text-xs font-medium text-stage-strong">
        {muted && <MicOff aria-hidden className="size-3.5 text-stage-danger" />}
        {t(unheard ? "call.state.ownUnheard" : muted ? "call.state.ownMuted" : "call.you")}
      </span>
      <Button
        onPress={next}
        aria-label={t("call.controls.moveSelf")}
        className="absolute top-1.5 right-1.5 grid size-8 cursor-pointer place-items-center rounded-full bg-stage/60 text-stage-strong opacity-0 transition-opacity group-hover:opacity-100 data-focus-visible:opacity-100"
      >
        <Move aria-hidden className="size-4" />
      </Button>
    </div>
  );
}

/** Follows the pointer and, when let go, settles in the corner of the parent that is nearest. */
function useDrag(settle: (corner: Corner) => void) {
  const [offset, setOffset] = useState({ x: 0, y: 0 });
  const start = useRef<{ x: number; y: number } | null>(null);
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if ((event.target as Element).closest("button") !== null) return;
      start.current = { x: event.clientX, y: event.clientY };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent<HTMLElement>) => {
      if (start.current !== null)
        setOffset({ x: clientX - start.current.x, y: clientY - start.current.y });
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      if (start.current === null) return;
      start.current = null;
      setOffset({ x: 0, y: 0 });
      settle(nearestCorner(event.currentTarget));
    },
    onPointerCancel: () => {
      start.current = null;
      setOffset({ x: 0, y: 0 });
    },
  };
  return { offset, handlers };
}

function nearestCorner(element: HTMLElement): Corner {
  const own = element.getBoundingClientRect();
  const frame = element.parentElement?.getBoundingClientRect() ?? own;
  const below = own.top + own.height / 2 > frame.top + frame.height / 2;
  const right = own.left + own.width / 2 > frame.left + frame.width / 2;
  return `${below ? "bottom" : "top"}-${right ? "right" : "left"}`;
}
