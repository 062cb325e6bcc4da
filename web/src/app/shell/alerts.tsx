import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { useServerMessage } from "../../features/identity";
import type { MessageOf } from "../../shared/api/signaling/client";

export type Alert = MessageOf<"call_emergency">;

interface Alerts {
  /** By room. Each stays until somebody has taken it on, or it is dismissed here. */
  alerts: ReadonlyMap<string, Alert>;
  dismiss: (roomId: string) => void;
}

const AlertsContext = createContext<Alerts>({ alerts: new Map(), dismiss: () => undefined });

export const useAlerts = (): Alerts => useContext(AlertsContext);

/**
 * Hears of emergencies in calls of others, for the staff who are alerted. The server tells those
 * that stand as soon as the socket is open, when the page that shows them may still be loading: so
 * this is there before.
 */
export function AlertsProvider({ children }: { children?: ReactNode }) {
  const [alerts, setAlerts] = useState<ReadonlyMap<string, Alert>>(new Map());
  useServerMessage("call_emergency", (alert) =>
    setAlerts((all) => new Map(all).set(alert.room_id, alert)),
  );
  const value = useMemo(
    () => ({
      alerts,
      dismiss: (roomId: string) =>
        setAlerts((all) => new Map([...all].filter(([other]) => other !== roomId))),
    }),
    [alerts],
  );
  return <AlertsContext value={value}>{children}</AlertsContext>;
}
