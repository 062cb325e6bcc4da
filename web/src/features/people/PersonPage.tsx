import { ChevronLeft } from "lucide-react";
import { Suspense, useCallback } from "react";
import { Link } from "react-aria-components";
import { api } from "../../shared/api/endpoints";
import type { PatientRecord, Person } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Section } from "../../shared/ui/Card";
import { Loaded } from "../../shared/ui/Loaded";
import { Page } from "../../shared/ui/Page";
import { tellApart } from "../../shared/ui/tellApart";
import { useLoad } from "../../shared/ui/useLoad";
import { useParameter } from "../../shared/ui/useParameter";
import { useIdentity } from "../identity";
import { IntakePanel } from "../intake";
import { Account } from "./Account";
import { CareTeam } from "./CareTeam";
import { RecordForm } from "./RecordForm";

interface Shown {
  /** Administrators alone see accounts. */
  person: Person | null;
  record: PatientRecord | null;
}

async function shown(userId: string, isAdmin: boolean): Promise<Shown> {
  const person = isAdmin ? await api.person(userId) : null;
  const isPatient = person === null || person.role === "patient";
  return { person, record: isPatient ? await api.patient(userId) : null };
}

/** Somebody: their account, and what is on record of a patient. */
export function PersonPage() {
  const userId = useParameter("userId");
  const isAdmin = useIdentity().role === "admin";
  const load = useLoad(useCallback(() => shown(userId, isAdmin), [userId, isAdmin]));
  const { person, record } = load.value ?? {};
  const somebody = person ?? record;
  return (
    <Page
      narrow
      title={somebody?.name ?? t("people.title")}
      windowTitle={t("people.title")}
      subtitle={somebody ? <bdi>{tellApart(somebody)}</bdi> : null}
      isLoading={load.value === undefined}
      before={<Back />}
    >
      <Loaded load={load} rows={6} framed>
        {({ person, record }) => (
          <div className="flex flex-col gap-10">
            {person && (
              <Account
                person={person}
                onChange={(next) => load.change((now) => ({ ...now, person: next }))}
              />
            )}
            {record && (
              <Section title={t("record.title")}>
                <RecordForm
                  record={record}
                  onSave={async (body) => {
                    const saved = await api.putPatient(userId, body);
                    load.change((now) => ({ person: renamed(now.person, saved), record: saved }));
                  }}
                />
              </Section>
            )}
            {!isAdmin && record && (
              <Suspense fallback={null}>
                <IntakePanel patientId={userId} />
              </Suspense>
            )}
            {isAdmin && record && <CareTeam patientId={userId} />}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

/** What account and record have in common. */
function renamed(person: Person | null, { name, email, birth_date }: PatientRecord): Person | null {
  return person && { ...person, name, email, birth_date };
}

export function Back() {
  return (
    <Link
      href="/people"
      className="-ms-2 mb-3 inline-flex min-h-11 items-center gap-1 px-2 font-semibold text-accent-ink underline-offset-4 hover:underline"
    >
      <ChevronLeft aria-hidden className="size-5 rtl:rotate-180" />
      {t("people.back")}
    </Link>
  );
}
