import { CalendarClock } from "lucide-react";
import { useState } from "react";
import { Link } from "react-aria-components";
import type { Appointment } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Card } from "../../shared/ui/Card";
import { useMinute } from "../../shared/ui/useMinute";
import { useSettings } from "../identity";
import { WaitingPlace } from "./WaitingPlace";
import { nextOf } from "./week";
import { formatTimes, formatWeekday } from "./words";

interface NextAppointmentProps {
  coming: readonly Appointment[];
  className?: string;
}

/** When the patient is expected next, and by whom; nothing where nothing is agreed on. */
export function NextAppointment({ coming, className }: NextAppointmentProps) {
  const now = useMinute();
  const next = nextOf(coming, now);
  const { waiting_early_minutes: early } = useSettings();
  const [waitingFor, setWaitingFor] = useState<string | null>(null);
  if (!next) return null;
  const isSoon = Date.parse(next.starts_at) - early * 60_000 <= now.getTime();
  return (
    <section aria-label={t("appointments.next")} className={className}>
      <Card className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-4 sm:px-6">
        <CalendarClock aria-hidden className="size-6 shrink-0 text-accent-ink" />
        <div className="min-w-0 flex-1 basis-52">
          <p className="text-sm text-muted">{t("appointments.next")}</p>
          <p className="font-semibold">
            <time dateTime={next.starts_at}>{formatWeekday(new Date(next.starts_at))}</time>
          </p>
          <p className="text-muted">
            {formatTimes(next)} · <bdi>{next.provider_name}</bdi>
          </p>
        </div>
        <Link
          href="/appointments"
          className="inline-flex min-h-11 items-center font-semibold text-accent-ink underline-offset-4 hover:underline"
        >
          {t("appointments.everything")}
        </Link>
        {isSoon && (
          <div className="w-full">
            {waitingFor === next.appointment_id ? (
              <WaitingPlace appointmentId={next.appointment_id} provider={next.provider_name} />
            ) : (
              <Button onPress={() => setWaitingFor(next.appointment_id)}>
                {t("waiting.come")}
              </Button>
            )}
          </div>
        )}
      </Card>
    </section>
  );
}
