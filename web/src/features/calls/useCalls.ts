import { useCallback } from "react";
import { api } from "../../shared/api/endpoints";
import type { CallList } from "../../shared/api/schema";
import { type Load, useLoad } from "../../shared/ui/useLoad";
import { useServerMessage } from "../identity";

/** The newest calls of who is signed in, kept fresh by what the server tells. */
export function useCalls(): Load<CallList> {
  const load = useLoad(useCallback(() => api.calls(), []));
  const { reload } = load;
  useServerMessage("call_accepted", reload);
  useServerMessage("call_ended", reload);
  useServerMessage("invitation_closed", reload);
  useServerMessage("welcome", reload); // nothing was heard before it
  return load;
}
