/**
 * A second tap of the same finger, meant for what was there before: it must not hit what has
 * appeared in its place.
 */

export interface Press {
  x: number;
  y: number;
  /** ms, as Event.timeStamp. */
  at: number;
}

/** Nobody sees a new button, reads it and decides in less than this (ms). */
const ECHO_MS = 700;
/** A fingertip, px. */
const ECHO_DISTANCE = 60;

/**
 * Whether `press` repeats `before`, made when the control that it hits had not `appeared` yet. A
 * slow page may take seconds to show it: what counts is the time since it is there.
 */
export function isEcho(press: Press, before: Press | null, appeared: number): boolean {
  if (before === null || before.at > appeared) return false;
  const distance = Math.hypot(press.x - before.x, press.y - before.y);
  return press.at - appeared < ECHO_MS && distance < ECHO_DISTANCE;
}

let last: Press | null = null;
let previous: Press | null = null;

function remember({ clientX, clientY, timeStamp }: PointerEvent): void {
  previous = last;
  last = { x: clientX, y: clientY, at: timeStamp };
}

if (typeof document !== "undefined")
  document.addEventListener("pointerdown", remember, { capture: true });

/** Whether the press that goes on now is such an echo. By keyboard nothing is. */
export function pressedByEcho(pointerType: string, appeared: number): boolean {
  const pointed = pointerType === "mouse" || pointerType === "touch" || pointerType === "pen";
  return pointed && last !== null && isEcho(last, previous, appeared);
}
