import { useSyncExternalStore } from "react";

const MINUTE_MS = 60_000;

/** Now. Whatever tells by it how long ago something was is drawn anew each minute. */
export function useMinute(): Date {
  useSyncExternalStore(often, currentMinute);
  return new Date();
}

function often(changed: () => void): () => void {
  const timer = setInterval(changed, MINUTE_MS / 6);
  return () => clearInterval(timer);
}

function currentMinute(): number {
  return Math.floor(Date.now() / MINUTE_MS);
}
