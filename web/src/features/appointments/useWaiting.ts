import { useCallback, useEffect } from "react";
import { api } from "../../shared/api/endpoints";
import type { Waiting } from "../../shared/api/schema";
import { onReturn } from "../../shared/api/signaling/returns";
import { useLoad } from "../../shared/ui/useLoad";
import { useServerMessage } from "../identity";

/** Who waits for the provider, by appointment, kept fresh by what the server tells. */
export function useWaiting(): ReadonlyMap<string, Waiting> {
  const load = useLoad(useCallback(() => api.waiting(), []));
  const { reload } = load;
  useServerMessage("waiting_changed", reload);
  useServerMessage("welcome", reload); // nothing was heard before it
  useEffect(() => onReturn((cause) => cause === "visible" && reload()), [reload]);
  return new Map((load.value?.waiting ?? []).map((one) => [one.appointment_id, one]));
}
