import { type FormEvent, useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { Appointment } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Decision } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";
import { type Scope, ScopeField } from "./ScopeField";
import { useAct } from "./useAct";
import { readWhen, WhenFields, whenOf } from "./WhenFields";
import { minutesOf } from "./week";

export interface MoveFormProps {
  one: Appointment;
  /** Where it was dragged to; its own time, if it is to be chosen. */
  to: Date;
  onBack: () => void;
  /** `undo` takes it back, where that is possible. */
  onDone: (said: string, undo?: () => Promise<unknown>) => void;
}

/** Another time, which is asked for before anything is moved. */
export function MoveForm({ one, to, onBack, onDone }: MoveFormProps) {
  const [when, setWhen] = useState(whenOf(to, minutesOf(one)));
  const [scope, setScope] = useState<Scope>("this");
  const { isPending, problem, run } = useAct();
  const asked = readWhen(when);

  const move = async (event: FormEvent) => {
    event.preventDefault();
    if (!asked || isPending) return;
    const id = one.appointment_id;
    if (!(await run(() => api.moveAppointment(id, { ...asked, scope, rule: null })))) return;
    const back = { starts_at: one.starts_at, minutes: minutesOf(one), scope, rule: null };
    onDone(
      t("appointments.moved"),
      scope === "this" ? () => api.moveAppointment(id, back) : undefined,
    );
  };
  return (
    <form onSubmit={(event) => void move(event)} className="mt-4 flex flex-col gap-4">
      <WhenFields when={when} onChange={setWhen} />
      {one.series_id && <ScopeField scope={scope} onChange={setScope} />}
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Decision>
        <Button variant="secondary" onPress={onBack}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" isPending={isPending} isDisabled={!asked}>
          {t("appointments.move")}
        </Button>
      </Decision>
    </form>
  );
}
