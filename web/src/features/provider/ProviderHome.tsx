import { useState } from "react";
import { Link } from "react-aria-components";
import type { Appointment, Patient } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Card, Section } from "../../shared/ui/Card";
import { Loaded } from "../../shared/ui/Loaded";
import { Page } from "../../shared/ui/Page";
import { below } from "../../shared/ui/useLoad";
import { Today, useToday, useWaiting } from "../appointments";
import { ActiveCallNotice, isLive, RecentCalls, useCalls } from "../calls";
import { AppointmentCall } from "./AppointmentCall";
import { PatientList } from "./PatientList";
import { StartCallDialog } from "./StartCallDialog";
import { usePatients } from "./usePatients";

export function ProviderHome() {
  const patients = usePatients();
  const calls = useCalls();
  const today = useToday();
  const waiting = useWaiting();
  const [chosen, setChosen] = useState<Patient | null>(null);
  const [appointment, setAppointment] = useState<Appointment | null>(null);

  const online = patients.value?.patients.filter((patient) => patient.online).length;
  const busy = calls.value?.items.some(isLive) ?? false;
  return (
    <Page
      title={t("provider.titlePlain")}
      isLoading={patients.value === undefined}
      subtitle={
        waiting.size > 0
          ? t("provider.waitingCount", { count: waiting.size })
          : online === undefined
            ? null
            : t("provider.onlineCount", { count: online })
      }
    >
      <ActiveCallNotice calls={calls.value?.items ?? []} onChanged={calls.reload} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-8 gap-y-10 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
        <div className="flex min-w-0 flex-col gap-10">
          <Today load={today} waiting={waiting} onStart={setAppointment} isBusy={busy} />
          <Loaded load={below(today, patients)} framed>
            {({ patients }) => (
              <PatientList patients={patients} onStart={setChosen} isBusy={busy} />
            )}
          </Loaded>
        </div>
        <Section
          title={t("provider.recentCalls")}
          aside={
            <Link
              href="/history"
              className="font-semibold text-accent-ink underline-offset-4 hover:underline"
            >
              {t("provider.allCalls")}
            </Link>
          }
        >
          <Card>
            <Loaded load={calls}>{({ items }) => <RecentCalls calls={items} />}</Loaded>
          </Card>
        </Section>
      </div>
      <AppointmentCall one={appointment} waiting={waiting} onClose={() => setAppointment(null)} />
      {chosen && (
        <StartCallDialog
          patient={asNow(chosen, patients.value?.patients)}
          onClose={() => setChosen(null)}
        />
      )}
    </Page>
  );
}

/** Somebody may come or go while one decides. */
function asNow(chosen: Patient, patients: readonly Patient[] = []): Patient {
  return patients.find(({ user_id }) => user_id === chosen.user_id) ?? chosen;
}
