import { t } from "../../shared/i18n";
import { TextField } from "../../shared/ui/TextField";
import { dateField, fromFields, timeField, timeZone } from "./week";

export interface When {
  date: string;
  time: string;
  minutes: string;
}

/** As the fields say it. */
export function whenOf(at: Date, minutes: number): When {
  return { date: dateField(at), time: timeField(at), minutes: String(minutes) };
}

/** What the server is asked for; none while a field says nothing. */
export function readWhen(when: When): { starts_at: string; minutes: number } | null {
  const at = fromFields(when.date, when.time);
  const minutes = Number(when.minutes);
  return at && Number.isInteger(minutes) && minutes >= 5 && minutes <= 480
    ? { starts_at: at.toISOString(), minutes }
    : null;
}

/** Day, time and length, as the browser asks for them, by the clock here. */
export function WhenFields({ when, onChange }: { when: When; onChange: (when: When) => void }) {
  return (
    <div>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-[5fr_4fr_3fr]">
        <TextField
          label={t("appointments.date")}
          type="date"
          required
          value={when.date}
          onChange={(date) => onChange({ ...when, date })}
          className="max-sm:col-span-2"
        />
        <TextField
          label={t("appointments.time")}
          type="time"
          required
          value={when.time}
          onChange={(time) => onChange({ ...when, time })}
        />
        <TextField
          label={t("appointments.minutes")}
          type="number"
          inputMode="numeric"
          min={5}
          max={480}
          required
          value={when.minutes}
          onChange={(minutes) => onChange({ ...when, minutes })}
        />
      </div>
      <p className="mt-2 text-sm text-muted">{t("appointments.zone", { zone: timeZone() })}</p>
    </div>
  );
}
