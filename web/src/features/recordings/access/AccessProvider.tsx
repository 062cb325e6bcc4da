import { type ReactNode, useCallback, useEffect, useState } from "react";
import { api } from "../../../shared/api/endpoints";
import type { BreakGlassAccess } from "../../../shared/api/schema";
import { useLoad } from "../../../shared/ui/useLoad";
import { useIdentity, useServerMessage } from "../../identity";
import { AccessContext, ANSWERS } from "./access";
import { putAccess } from "./accesses";
import { at, put, type Unlock } from "./unlocks";
import { useNowAt } from "./useNowAt";

/** Somebody who is signed in at another server may have changed something. */
const AGAIN_MS = 60_000;

/** Knows, on every page of whoever answers requests to open recordings, which there are. */
export function AccessProvider({ children }: { children?: ReactNode }) {
  const { role } = useIdentity();
  return ANSWERS.includes(role) ? <Known>{children}</Known> : children;
}

function Known({ children }: { children?: ReactNode }) {
  const { user_id: me } = useIdentity();
  const { value, change, reload } = useLoad(useCallback(() => api.recordingUnlocks(), []));
  const [answers, setAnswers] = useState<readonly Unlock[]>([]);
  useAgain(reload);

  const changed = useCallback(
    (unlock: Unlock) => change((known) => ({ ...known, unlocks: put(known.unlocks, unlock) })),
    [change],
  );
  useServerMessage("recording_unlock", ({ unlock }) => {
    changed(unlock);
    if (unlock.requested_by === me && isAnswer(unlock)) setAnswers((all) => put(all, unlock));
  });

  const broken = useLoad(useCallback(() => api.accesses(), []));
  useAgain(broken.reload);
  const { change: changeAccesses } = broken;
  const reviewed = useCallback(
    (access: BreakGlassAccess) =>
      changeAccesses((known) => ({ ...known, accesses: putAccess(known.accesses, access) })),
    [changeAccesses],
  );
  useServerMessage("break_glass", ({ access }) => reviewed(access));

  const known = value?.unlocks ?? NONE;
  const now = useNowAt(known.map(({ expires_at }) => expires_at));
  const access = {
    policy: value?.policy,
    unlocks: known.map((unlock) => at(unlock, now)),
    answers,
    accesses: broken.value?.accesses ?? [],
    reviewed,
    changed,
    seen: (id: string) => setAnswers((all) => all.filter(({ unlock_id }) => unlock_id !== id)),
  };
  return <AccessContext value={access}>{children}</AccessContext>;
}

/** Now and then, and whenever something may have been missed. */
function useAgain(reload: () => void): void {
  useEffect(() => {
    const timer = setInterval(reload, AGAIN_MS);
    return () => clearInterval(timer);
  }, [reload]);
  useServerMessage("welcome", reload);
}

const NONE: readonly Unlock[] = [];

const isAnswer = ({ state }: Unlock) => state === "approved" || state === "refused";
