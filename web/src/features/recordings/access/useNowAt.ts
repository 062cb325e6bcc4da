import { useEffect, useReducer } from "react";

/** As long as a browser's timer can be. */
const LONGEST_MS = 2 ** 31 - 1;

/** Now. Whoever tells by it whether one of these times has passed is drawn anew when it has. */
export function useNowAt(times: readonly string[]): Date {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const now = Date.now();
    const next = Math.min(...times.map(Date.parse).filter((time) => time > now));
    if (!Number.isFinite(next)) return;
    const timer = setTimeout(again, Math.min(next - now, LONGEST_MS));
    return () => clearTimeout(timer);
  });
  return new Date();
}
