import { type FormEvent, useId, useState } from "react";
import { words } from "../../shared/api/refusals";
import type { PatientRecord, PutPatient } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Card } from "../../shared/ui/Card";
import { Notice } from "../../shared/ui/Notice";
import { TextArea } from "../../shared/ui/TextArea";
import { TextField } from "../../shared/ui/TextField";
import { type Draft, draftOf, recordOf } from "./draft";

export interface RecordFormProps {
  /** None of a patient who is new. */
  record: PatientRecord | null;
  onSave: (body: PutPatient) => Promise<void>;
}

/** What is on record of a patient. */
export function RecordForm({ record, onSave }: RecordFormProps) {
  const [draft, setDraft] = useState(() => draftOf(record));
  const [pending, setPending] = useState(false);
  const [saved, setSaved] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const zones = useId();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setSaved(false);
    setProblem(null);
    try {
      await onSave(recordOf(draft));
      setSaved(true);
    } catch (error) {
      setProblem(words(error));
    }
    setPending(false);
  };
  const field = (name: keyof Draft) => ({
    value: draft[name],
    onChange: (value: string) => {
      setSaved(false);
      setDraft((now) => ({ ...now, [name]: value }));
    },
    autoComplete: "off",
  });

  return (
    <Card className="p-5 sm:p-6">
      <form noValidate onSubmit={(event) => void submit(event)}>
        <div className="grid gap-x-6 gap-y-5 sm:grid-cols-2">
          <TextField label={t("account.name")} dir="auto" maxLength={200} {...field("name")} />
          <TextField label={t("record.pronouns")} maxLength={60} {...field("pronouns")} />
          <TextField label={t("record.birthDate")} type="date" {...field("birth_date")} />
          <TextField
            label={t("record.language")}
            placeholder={t("record.languageHint")}
            maxLength={35}
            {...field("language")}
          />
          <TextField
            label={t("record.timeZone")}
            placeholder={t("record.timeZoneHint")}
            list={zones}
            {...field("time_zone")}
          />
          <TextField label={t("account.email")} type="email" {...field("email")} />
          <TextField
            label={t("record.phone")}
            type="tel"
            placeholder={t("record.phoneHint")}
            {...field("phone")}
          />
          <TextArea
            label={t("record.address")}
            hint={t("record.addressHint")}
            rows={3}
            className="sm:col-span-2"
            {...field("address")}
          />
        </div>
        <fieldset className="mt-6 border-t border-line pt-5">
          <legend className="float-left mb-4 w-full font-bold">{t("record.contact")}</legend>
          <div className="clear-left grid gap-x-6 gap-y-5 sm:grid-cols-3">
            <TextField
              label={t("account.name")}
              dir="auto"
              maxLength={200}
              {...field("contactName")}
            />
            <TextField
              label={t("record.contactRelationship")}
              maxLength={100}
              {...field("contactRelationship")}
            />
            <TextField
              label={t("record.phone")}
              type="tel"
              placeholder={t("record.phoneHint")}
              {...field("contactPhone")}
            />
          </div>
        </fieldset>
        {problem && (
          <Notice tone="bad" className="mt-5">
            {problem}
          </Notice>
        )}
        <div className="mt-6 flex flex-wrap items-center gap-4">
          <Button type="submit" isPending={pending} isDisabled={!draft.name.trim()}>
            {t("account.save")}
          </Button>
          <p role="status" className="text-sm text-muted">
            {saved && t("account.saved")}
          </p>
        </div>
      </form>
      <datalist id={zones}>
        {Intl.supportedValuesOf("timeZone").map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </Card>
  );
}
