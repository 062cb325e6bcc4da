import { useState } from "react";
import type { MessageOf } from "../call/signaling";
import { Button } from "../components/Button";
import { Notice } from "../components/Notice";
import { t } from "../i18n";
import { useServerMessage } from "../session/signaling";

/** Emergencies raised in calls of others, for the staff who are alerted. Each stays until it is dismissed. */
export function EmergencyAlerts() {
  const [alerts, setAlerts] = useState<readonly MessageOf<"call_emergency">[]>([]);
  useServerMessage("call_emergency", (alert) => setAlerts((all) => [...all, alert]));
  if (alerts.length === 0) return null;
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-3 px-4 pt-4 sm:px-8">
      {alerts.map((alert) => (
        <Notice
          key={alert.room_id}
          tone="bad"
          title={t("emergency.title")}
          actions={
            <Button
              size="small"
              variant="secondary"
              onPress={() => setAlerts((all) => all.filter((other) => other !== alert))}
            >
              {t("emergency.dismiss")}
            </Button>
          }
        >
          <p>
            {t("emergency.raisedBy", { name: alert.raised_by })}{" "}
            {alert.patient_name && t("emergency.patient", { name: alert.patient_name })}
          </p>
        </Notice>
      ))}
    </div>
  );
}
