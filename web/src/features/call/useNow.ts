import { useSyncExternalStore } from "react";

const SECOND_MS = 1000;

/**
 * The time in ms, to the second below: the same for everything that is drawn, and new in each
 * drawing.
 */
export function useNow(running: boolean): number {
  return useSyncExternalStore(running ? everySecond : never, currentSecond);
}

function everySecond(changed: () => void): () => void {
  const timer = setInterval(changed, SECOND_MS / 4);
  return () => clearInterval(timer);
}

const never = () => () => undefined;

function currentSecond(): number {
  return Math.floor(Date.now() / SECOND_MS) * SECOND_MS;
}
