import { useCallback, useEffect, useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { PatientList } from "../../shared/api/schema";
import { onReturn } from "../../shared/api/signaling/returns";
import { type Load, useLoad } from "../../shared/ui/useLoad";
import { useServerMessage } from "../identity";
import { changedBy, lacksSomebody } from "./presence";

/** Whom the provider can call, kept fresh by what the server tells. */
export function usePatients(): Load<PatientList> {
  const load = useLoad(useCallback(() => api.patients(), []));
  const { value, loading, reload, change } = load;
  const [outdated, setOutdated] = useState(false);
  useServerMessage("presence", (news) => {
    change((list) => changedBy(list, news));
    if (value && lacksSomebody(value, news)) setOutdated(true);
  });
  useServerMessage("welcome", reload); // nothing was heard before it
  useServerMessage("call_accepted", reload); // a last call is another one
  useEffect(() => onReturn((cause) => cause === "visible" && reload()), [reload]);
  useEffect(() => {
    // One at a time, however many new patients come meanwhile.
    if (!outdated || loading) return;
    setOutdated(false);
    reload();
  }, [outdated, loading, reload]);
  return load;
}
