import { CalendarDays } from "lucide-react";
import { useState } from "react";
import type { Appointment } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Badge } from "../../shared/ui/Badge";
import { Card } from "../../shared/ui/Card";
import { Empty } from "../../shared/ui/Empty";
import { Loaded } from "../../shared/ui/Loaded";
import { Page } from "../../shared/ui/Page";
import { useAppointments } from "./useAppointments";
import { addDays, startOfDay, timeZone } from "./week";
import { formatTimes, formatWeekday, STATUS_TONES, STATUS_WORDS } from "./words";

const AHEAD_DAYS = 365;

/** What a patient has agreed on, from today on. */
export function AgendaPage() {
  const [today] = useState(() => startOfDay(new Date()));
  const load = useAppointments(today.toISOString(), addDays(today, AHEAD_DAYS).toISOString());
  return (
    <Page
      narrow
      title={t("appointments.agenda")}
      subtitle={t("appointments.zone", { zone: timeZone() })}
      isLoading={load.value === undefined}
    >
      <Card>
        <Loaded load={load}>
          {(found) =>
            found.length === 0 ? (
              <Empty
                icon={CalendarDays}
                title={t("appointments.noneTitle")}
                text={t("appointments.noneText")}
              />
            ) : (
              <ul className="divide-y divide-line">
                {found.map((one) => (
                  <Row key={one.appointment_id} one={one} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Card>
    </Page>
  );
}

function Row({ one }: { one: Appointment }) {
  const at = new Date(one.starts_at);
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-1 px-5 py-4">
      <div className="min-w-0 flex-1">
        <p className="font-semibold">
          <time dateTime={one.starts_at}>{formatWeekday(at)}</time>
          {at.getFullYear() !== new Date().getFullYear() && ` ${at.getFullYear()}`}
        </p>
        <p className="text-muted">
          {formatTimes(one)} · {one.provider_name}
        </p>
        {one.topic && <p className="text-sm text-muted">{one.topic}</p>}
      </div>
      {one.status !== "booked" && (
        <Badge tone={STATUS_TONES[one.status]}>{t(STATUS_WORDS[one.status])}</Badge>
      )}
    </li>
  );
}
