import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { isSettled, useLoad } from "../../shared/ui/useLoad";
import { Alarm } from "./Alarm";
import { CheckList } from "./CheckList";
import { Colleagues } from "./Colleagues";
import { Contact } from "./Contact";
import { Disconnect } from "./Disconnect";
import { Numbers } from "./Numbers";
import { TimeLine } from "./TimeLine";
import { Where } from "./Where";

export interface SafetyPanelProps {
  roomId: string;
  /** Counts up as there is something new to be read. */
  news: number;
}

/** What the provider of a call has at hand should its patient be in danger. */
export function SafetyPanel({ roomId, news }: SafetyPanelProps) {
  const place = useLoad(useCallback(() => api.place(roomId), [roomId]));
  const crisis = useLoad(useCallback(() => api.crisis(roomId), [roomId]));
  const [problem, setProblem] = useState<unknown>(null);
  const reloadPlace = place.reload;
  const reloadCrisis = crisis.reload;
  const heard = useRef(news);
  useEffect(() => {
    if (heard.current !== news) {
      reloadPlace();
      reloadCrisis();
    }
    heard.current = news;
  }, [news, reloadPlace, reloadCrisis]);
  /** Does it, and shows what has come of it. */
  const act = async (doing: Promise<unknown>) => {
    setProblem(null);
    try {
      await doing;
    } catch (error) {
      setProblem(error);
    }
    reloadCrisis();
  };
  return (
    <div className="flex flex-col gap-6">
      {problem !== null && <Notice tone="bad">{words(problem)}</Notice>}
      <div className="flex flex-col gap-3">
        {(crisis.value === undefined || crisis.error !== undefined) && (
          <Loaded load={crisis} framed rows={2}>
            {() => null}
          </Loaded>
        )}
        {isSettled(crisis) && (
          <Alarm roomId={roomId} stands={crisis.value?.stands ?? false} act={act} />
        )}
      </div>
      <Loaded load={place} framed rows={2}>
        {(found) => <Where place={found} />}
      </Loaded>
      {/* Another answer of the patient's is another country, whichever was chosen before. */}
      <Numbers key={place.value?.stated_at} country={place.value?.country ?? null} />
      {crisis.value && <Contact contact={crisis.value.contact} />}
      <Colleagues roomId={roomId} act={act} />
      {crisis.value && (
        <>
          <CheckList roomId={roomId} crisis={crisis.value} act={act} />
          <TimeLine roomId={roomId} events={crisis.value.events} act={act} />
        </>
      )}
      <Disconnect roomId={roomId} />
    </div>
  );
}
