import { useState } from "react";
import { useIdentity } from "../../features/identity";
import { api } from "../../shared/api/endpoints";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { type Alert, useAlerts } from "./alerts";

/** Emergencies in calls of others. */
export function EmergencyAlerts() {
  const { alerts, dismiss } = useAlerts();
  if (alerts.size === 0) return null;
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-3 px-4 pt-4 sm:px-8">
      {[...alerts.values()].map((alert) => (
        <EmergencyAlert
          key={alert.room_id}
          alert={alert}
          onDismiss={() => dismiss(alert.room_id)}
        />
      ))}
    </div>
  );
}

function EmergencyAlert({ alert, onDismiss }: { alert: Alert; onDismiss: () => void }) {
  const { role } = useIdentity();
  const { raised_by, patient_name, acknowledged_by } = alert;
  const open = role === "admin" && acknowledged_by === null;
  return (
    <Notice
      tone={acknowledged_by === null ? "bad" : "info"}
      title={t("emergency.title")}
      actions={
        open ? (
          <TakeOn roomId={alert.room_id} />
        ) : (
          <Button size="small" variant="secondary" onPress={onDismiss}>
            {t("emergency.dismiss")}
          </Button>
        )
      }
    >
      <p>
        {t("emergency.raisedBy", { name: raised_by })}{" "}
        {patient_name && t("emergency.patient", { name: patient_name })}
      </p>
      {acknowledged_by && <p>{t("emergency.taken", { name: acknowledged_by })}</p>}
    </Notice>
  );
}

/** Both sides are told at once, and so are the other administrators. */
function TakeOn({ roomId }: { roomId: string }) {
  const [step, setStep] = useState<"open" | "sending" | "failed">("open");
  const take = () => {
    setStep("sending");
    api.acknowledgeEmergency(roomId).catch(() => setStep("failed"));
  };
  return (
    <>
      {step === "failed" && <p className="self-center">{t("emergency.failed")}</p>}
      <Button size="small" variant="danger" onPress={take} isPending={step === "sending"}>
        {t("emergency.take")}
      </Button>
    </>
  );
}
