import { useEffect, useState } from "react";
import { api } from "../api/endpoints";
import type { RelayStatistics } from "../api/schema";
import { extend, type Trends } from "./history";

const PERIOD_MS = 1000;

export interface LiveRooms {
  statistics: RelayStatistics | undefined;
  trends: Trends;
  /** Why the last attempt brought no numbers; none when it did. */
  error: unknown;
}

/** The relay's numbers, once a second while the page is looked at. */
export function useLiveRooms(): LiveRooms {
  const [live, setLive] = useState<LiveRooms>({ statistics: undefined, trends: new Map(), error: undefined });
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      // A hidden window asks for nothing; the next request starts only when the last one is answered.
      if (document.visibilityState === "visible") {
        try {
          const statistics = await api.liveRooms(abort.signal);
          setLive(({ trends }) => ({ statistics, trends: extend(trends, statistics), error: undefined }));
        } catch (error) {
          if (abort.signal.aborted) return;
          setLive((now) => ({ ...now, error }));
        }
      }
      if (!abort.signal.aborted) timer = setTimeout(() => void ask(), PERIOD_MS);
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, []);
  return live;
}
