import type { Lane } from "./timeline";
import { correct, type Readiness, type Transport } from "./transport";

/** The media element of each part, by part_id. */
export type Elements = ReadonlyMap<string, HTMLMediaElement>;

/**
 * Puts every element where it belongs at `position`: those of this moment play (or stand) there,
 * all others rest. Returns whether what should be seen and heard now can be; a file that cannot be
 * read keeps the others from nothing.
 */
export function follow(
  lanes: readonly Lane[],
  elements: Elements,
  state: Transport,
  position: number,
): Readiness {
  let [due, failed, loading] = [0, 0, 0];
  for (const { part, start, end } of lanes.flatMap((lane) => lane.segments)) {
    const element = elements.get(part.part_id);
    if (!element) continue;
    if (position < start || position >= end) {
      rest(element);
      continue;
    }
    due += 1;
    if (element.error) failed += 1;
    else if (!place(element, position - start, state)) loading += 1;
  }
  if (failed > 0 && failed === due) return "failed";
  return loading > 0 ? "loading" : "ready";
}

function rest(element: HTMLMediaElement): void {
  if (!element.paused) element.pause();
}

function hasData(element: HTMLMediaElement): boolean {
  return (
    element.ended || (!element.seeking && element.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA)
  );
}

/** Where each element was meant to be when its media ran out, in ms of its own time. */
const ranOut = new WeakMap<HTMLMediaElement, number>();

/**
 * Whether a file has no more media for this moment: a shared screen that stands still sends
 * nothing, and its part lasts until it ends. The last picture stays then, as long as nobody seeks,
 * which would take the picture away again and again.
 */
function holdsLastPicture(element: HTMLMediaElement, wanted: number): boolean {
  const since = element.ended ? (ranOut.get(element) ?? wanted) : Number.POSITIVE_INFINITY;
  if (wanted < since) {
    ranOut.delete(element);
    return false;
  }
  ranOut.set(element, since);
  return true;
}

/** Returns whether the element has what is wanted. */
function place(element: HTMLMediaElement, wanted: number, state: Transport): boolean {
  if (holdsLastPicture(element, wanted)) return true;
  // Without metadata a position cannot be set, and while it seeks the old one is still reported.
  if (element.readyState < HTMLMediaElement.HAVE_METADATA || element.seeking) return false;
  const running = state.playing && !state.waiting;
  const step = correct(element.currentTime * 1000, wanted, state.speed, running);
  if ("seek" in step)
    element.currentTime = Math.min(step.seek / 1000, element.duration || Number.POSITIVE_INFINITY);
  else if (element.playbackRate !== step.rate) element.playbackRate = step.rate;
  if (running === element.paused && !element.ended) {
    if (running) element.play().catch(() => undefined);
    else element.pause();
  }
  return hasData(element);
}
