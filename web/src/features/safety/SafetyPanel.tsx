import { useCallback, useEffect, useRef } from "react";
import { api } from "../../shared/api/endpoints";
import { Loaded } from "../../shared/ui/Loaded";
import { useLoad } from "../../shared/ui/useLoad";
import { Where } from "./Where";

export interface SafetyPanelProps {
  roomId: string;
  /** Counts up as there is something new to be read. */
  news: number;
}

/** What the provider of a call has at hand should its patient be in danger. */
export function SafetyPanel({ roomId, news }: SafetyPanelProps) {
  const place = useLoad(useCallback(() => api.place(roomId), [roomId]));
  const { reload } = place;
  const heard = useRef(news);
  useEffect(() => {
    if (heard.current !== news) reload();
    heard.current = news;
  }, [news, reload]);
  return (
    <div className="flex flex-col gap-5">
      <Loaded load={place} framed rows={2}>
        {(found) => <Where place={found} />}
      </Loaded>
    </div>
  );
}
