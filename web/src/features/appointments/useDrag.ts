import { type PointerEvent, type RefObject, useRef, useState } from "react";
import { dragged } from "./week";

const SLOP_PX = 6;

export interface Drag {
  /** How far it is from where it stands, in pixels; none while it is not dragged. */
  offset: { x: number; y: number } | null;
  handlers: {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    onPointerCancel: () => void;
  };
  /** Whether the click that follows ends a drag, and means nothing. */
  wasDragged: () => boolean;
}

interface Grid {
  /** All days beside each other. */
  ref: RefObject<HTMLElement | null>;
  days: number;
  hours: number;
}

/** Dragging with a mouse or pen; a finger scrolls. It ends at a day and a quarter of an hour. */
export function useDrag(grid: Grid, from: Date, onDrop: (to: Date) => void): Drag {
  const [offset, setOffset] = useState<Drag["offset"]>(null);
  const begun = useRef<{ x: number; y: number } | null>(null);
  const dropped = useRef(false);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    dropped.current = false;
    if (event.button !== 0 || event.pointerType === "touch") return;
    begun.current = { x: event.clientX, y: event.clientY };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!begun.current) return;
    const moved = { x: event.clientX - begun.current.x, y: event.clientY - begun.current.y };
    if (offset || Math.hypot(moved.x, moved.y) > SLOP_PX) setOffset(moved);
  };
  const stop = () => {
    begun.current = null;
    setOffset(null);
  };
  const onPointerUp = () => {
    const box = grid.ref.current?.getBoundingClientRect();
    if (offset && box) {
      dropped.current = true;
      const days = Math.round(offset.x / (box.width / grid.days));
      const to = dragged(from, days, offset.y / (box.height / (grid.hours * 60)));
      if (to.getTime() !== from.getTime()) onDrop(to);
    }
    stop();
  };
  return {
    offset,
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: stop },
    wasDragged: () => dropped.current,
  };
}
