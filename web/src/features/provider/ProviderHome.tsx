import { useCallback, useEffect, useState } from "react";
import { Link } from "react-aria-components";
import { api } from "../../shared/api/endpoints";
import type { Patient } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Card, Section } from "../../shared/ui/Card";
import { Loaded } from "../../shared/ui/Loaded";
import { Page } from "../../shared/ui/Page";
import { useLoad } from "../../shared/ui/useLoad";
import { ActiveCallNotice, isLive, RecentCalls, useCalls } from "../calls";
import { PatientList } from "./PatientList";
import { StartCallDialog } from "./StartCallDialog";

/** Presence is asked for, not pushed: often enough to see somebody come in while one looks. */
const PRESENCE_INTERVAL_MS = 10_000;

export function ProviderHome() {
  const patients = useLoad(useCallback(() => api.patients(), []));
  const calls = useCalls();
  const [chosen, setChosen] = useState<Patient | null>(null);
  const { reload } = patients;
  useEffect(() => {
    const timer = setInterval(
      () => document.visibilityState === "visible" && reload(),
      PRESENCE_INTERVAL_MS,
    );
    return () => clearInterval(timer);
  }, [reload]);

  const online = patients.value?.patients.filter((patient) => patient.online).length;
  const busy = calls.value?.calls.some(isLive) ?? false;
  return (
    <Page
      title={t("provider.titlePlain")}
      subtitle={online === undefined ? " " : t("provider.onlineCount", { count: online })}
    >
      <ActiveCallNotice calls={calls.value?.calls ?? []} onChanged={calls.reload} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-8 gap-y-10 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
        <Loaded load={patients} framed>
          {({ patients }) => <PatientList patients={patients} onStart={setChosen} isBusy={busy} />}
        </Loaded>
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
            <Loaded load={calls}>{({ calls }) => <RecentCalls calls={calls} />}</Loaded>
          </Card>
        </Section>
      </div>
      {chosen && <StartCallDialog patient={chosen} onClose={() => setChosen(null)} />}
    </Page>
  );
}
