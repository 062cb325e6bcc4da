import { useCallback, useEffect, useRef } from "react";
import { api } from "../../shared/api/endpoints";
import type { CallList } from "../../shared/api/schema";
import { type Load, useLoad } from "../../shared/ui/useLoad";
import { useServerMessage, useSignalingState } from "../identity";

/** The newest calls of who is signed in, kept fresh by what the server tells. */
export function useCalls(): Load<CallList> {
  const load = useLoad(useCallback(() => api.calls(), []));
  const { reload } = load;
  useServerMessage("call_accepted", reload);
  useServerMessage("call_ended", reload);
  useServerMessage("invitation_closed", reload);
  useReconnected(reload);
  return load;
}

/** Calls `back` when the connection is there again: something may have happened meanwhile. */
function useReconnected(back: () => void): void {
  const state = useSignalingState();
  const before = useRef(state);
  useEffect(() => {
    if (before.current === "waiting" || before.current === "connecting") {
      if (state === "open") back();
    }
    before.current = state;
  }, [state, back]);
}
