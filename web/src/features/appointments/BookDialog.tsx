import { type FormEvent, useCallback, useState } from "react";
import { api } from "../../shared/api/endpoints";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Decision, Dialog } from "../../shared/ui/Dialog";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { SelectField } from "../../shared/ui/SelectField";
import { TextField } from "../../shared/ui/TextField";
import { useLoad } from "../../shared/ui/useLoad";
import { REPEATS, type Repeats, ruleOf } from "./recurrence";
import { useAct } from "./useAct";
import { readWhen, WhenFields, whenOf } from "./WhenFields";
import { timeZone } from "./week";

const USUAL_MINUTES = 50;
const USUAL_COUNT = "10";

export interface BookDialogProps {
  /** When it would begin. */
  at: Date;
  onClose: () => void;
  onDone: (said: string) => void;
}

/** One more appointment, or a series. */
export function BookDialog({ at, onClose, onDone }: BookDialogProps) {
  const patients = useLoad(useCallback(() => api.patients(), []));
  return (
    <Dialog isOpen onClose={onClose} title={t("appointments.new")} wide>
      <Loaded load={patients} rows={2}>
        {({ patients }) => (
          <Form
            patients={patients.map(({ user_id, name }) => [user_id, name] as const)}
            at={at}
            onClose={onClose}
            onDone={onDone}
          />
        )}
      </Loaded>
    </Dialog>
  );
}

interface FormProps extends BookDialogProps {
  patients: readonly (readonly [string, string])[];
}

function Form({ patients, at, onClose, onDone }: FormProps) {
  const [patientId, setPatientId] = useState("");
  const [when, setWhen] = useState(whenOf(at, USUAL_MINUTES));
  const [repeats, setRepeats] = useState<Repeats>("once");
  const [count, setCount] = useState(USUAL_COUNT);
  const [topic, setTopic] = useState("");
  const { isPending, problem, run } = useAct();
  const asked = readWhen(when);
  const isReady = patientId !== "" && asked !== null && (repeats === "once" || Number(count) > 0);

  const book = async (event: FormEvent) => {
    event.preventDefault();
    if (!asked || !isReady || isPending) return;
    const body = {
      ...asked,
      patient_id: patientId,
      provider_id: null,
      time_zone: timeZone(),
      rule: ruleOf(repeats, Number(count)),
      topic: topic.trim() || null,
    };
    if (await run(() => api.bookAppointment(body))) onDone(t("appointments.booked"));
  };
  return (
    <form onSubmit={(event) => void book(event)} className="mt-4 flex flex-col gap-4">
      <SelectField
        label={t("appointments.patient")}
        value={patientId}
        onChange={setPatientId}
        options={patients}
        placeholder={t("appointments.choosePatient")}
      />
      <WhenFields when={when} onChange={setWhen} />
      <div className={repeats === "once" ? "" : "grid grid-cols-2 gap-3"}>
        <SelectField
          label={t("appointments.repeats")}
          value={repeats}
          onChange={setRepeats}
          options={REPEATS.map((one) => [one, t(`appointments.repeat.${one}`)] as const)}
        />
        {repeats !== "once" && (
          <TextField
            label={t("appointments.count")}
            type="number"
            inputMode="numeric"
            min={1}
            max={260}
            value={count}
            onChange={setCount}
          />
        )}
      </div>
      <TextField
        label={t("appointments.topic")}
        value={topic}
        maxLength={120}
        onChange={setTopic}
        placeholder={t("appointments.topicHint")}
      />
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Decision>
        <Button variant="secondary" onPress={onClose}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" isPending={isPending} isDisabled={!isReady}>
          {t("appointments.book")}
        </Button>
      </Decision>
    </form>
  );
}
