import { useEffect, useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { RelayStatistics } from "../../shared/api/schema";
import { EngineSamples } from "./engines";
import { History } from "./history";

const PERIOD_MS = 1000;

export interface LiveRooms {
  statistics: RelayStatistics | undefined;
  /** Grows with each answer; the same object throughout. */
  history: History;
  /** The same, too. */
  engines: EngineSamples;
  /** Why the last attempt brought no numbers; none when it did. */
  error: unknown;
}

/**
 * The relay's numbers, once a second. A hidden window goes on asking, as often as the browser lets
 * it: its charts would have holes; but it draws nothing.
 */
export function useLiveRooms(): LiveRooms {
  const [live, setLive] = useState<LiveRooms>(() => ({
    statistics: undefined,
    history: new History(),
    engines: new EngineSamples(),
    error: undefined,
  }));
  const { history, engines } = live;
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    let due = performance.now();
    const ask = async () => {
      try {
        const statistics = await api.liveRooms(abort.signal);
        history.add(statistics);
        engines.add(statistics);
        if (document.visibilityState === "visible")
          setLive({ statistics, history, engines, error: undefined });
      } catch (error) {
        if (abort.signal.aborted) return;
        setLive((now) => ({ ...now, error }));
      }
      // The next request starts only when the last one is answered, on the second if it can.
      due = Math.max(due + PERIOD_MS, performance.now());
      if (!abort.signal.aborted) timer = setTimeout(() => void ask(), due - performance.now());
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [history, engines]);
  return live;
}
