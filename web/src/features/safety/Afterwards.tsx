import { useCallback, useState } from "react";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { useLoad } from "../../shared/ui/useLoad";
import { TimeLine } from "./TimeLine";

/** What was done in the crises of a call that is over, and what is added later. */
export function Afterwards({ roomId }: { roomId: string }) {
  const crisis = useLoad(useCallback(() => api.crisis(roomId), [roomId]));
  const [problem, setProblem] = useState<unknown>(null);
  const act = async (doing: Promise<unknown>) => {
    setProblem(null);
    await doing.catch(setProblem);
    crisis.reload();
  };
  return (
    <>
      {problem !== null && <Notice tone="bad">{words(problem)}</Notice>}
      <Loaded load={crisis} framed rows={2}>
        {({ events }) => <TimeLine roomId={roomId} events={events} act={act} />}
      </Loaded>
    </>
  );
}
