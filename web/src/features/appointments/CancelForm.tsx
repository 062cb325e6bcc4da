import { useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { Appointment } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Decision } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";
import type { MoveFormProps } from "./MoveForm";
import { type Scope, ScopeField } from "./ScopeField";
import { useAct } from "./useAct";

export type CancelFormProps = Omit<MoveFormProps, "to"> & { one: Appointment };

/** Asks before it is cancelled. */
export function CancelForm({ one, onBack, onDone }: CancelFormProps) {
  const [scope, setScope] = useState<Scope>("this");
  const { isPending, problem, run } = useAct();
  const id = one.appointment_id;
  const cancel = async () => {
    if (!(await run(() => api.cancelAppointment(id, { scope })))) return;
    onDone(
      t("appointments.cancelled"),
      scope === "this" ? () => api.restoreAppointment(id) : undefined,
    );
  };
  return (
    <div className="mt-4 flex flex-col gap-4">
      <p className="text-muted">{t("appointments.cancelText", { name: one.patient_name })}</p>
      {one.series_id && <ScopeField scope={scope} onChange={setScope} />}
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Decision>
        <Button variant="secondary" onPress={onBack}>
          {t("appointments.keep")}
        </Button>
        <Button variant="danger" onPress={() => void cancel()} isPending={isPending}>
          {t("appointments.cancel")}
        </Button>
      </Decision>
    </div>
  );
}
