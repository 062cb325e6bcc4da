import { PhoneCall, UserSearch, Users } from "lucide-react";
import type { Patient } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatAgo, formatDay } from "../../shared/i18n/format";
import { Avatar } from "../../shared/ui/Avatar";
import { Button } from "../../shared/ui/Button";
import { Card, Section } from "../../shared/ui/Card";
import { Empty } from "../../shared/ui/Empty";
import { Name } from "../../shared/ui/Name";
import { SearchField } from "../../shared/ui/SearchField";
import { matches } from "../../shared/ui/search";
import { useKept } from "../../shared/ui/useKept";
import { useMinute } from "../../shared/ui/useMinute";

export interface PatientListProps {
  patients: readonly Patient[];
  onStart: (patient: Patient) => void;
  /** A call of the provider rings or runs already. */
  isBusy: boolean;
}

export function PatientList({ patients, onStart, isBusy }: PatientListProps) {
  const [query, setQuery] = useKept("patient", "");
  const found = patients.filter((patient) => matches(patient.name, query));
  return (
    <Section
      title={t("provider.patients")}
      aside={
        patients.length > 0 && (
          <SearchField
            label={t("provider.searchPatients")}
            hideLabel
            value={query}
            onChange={setQuery}
            className="w-56 sm:w-72"
          />
        )
      }
    >
      <Card>
        {patients.length === 0 ? (
          <Empty
            icon={Users}
            title={t("provider.noPatientsTitle")}
            text={t("provider.noPatientsText")}
          />
        ) : found.length === 0 ? (
          <Empty
            icon={UserSearch}
            title={t("provider.noMatchTitle")}
            text={t("provider.noMatchText")}
          />
        ) : (
          <ul className="divide-y divide-line">
            {found.map((patient) => (
              <PatientRow
                key={patient.user_id}
                patient={patient}
                onStart={onStart}
                isBusy={isBusy}
              />
            ))}
          </ul>
        )}
      </Card>
    </Section>
  );
}

function PatientRow({
  patient,
  onStart,
  isBusy,
}: Omit<PatientListProps, "patients"> & { patient: Patient }) {
  const { name, birth_date, online, last_call_at } = patient;
  const now = useMinute();
  return (
    <li className="flex items-center gap-4 px-4 py-4 sm:px-5">
      <Avatar name={name} online={online} />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">
          <Name>{name}</Name>
        </p>
        <p className="text-sm text-muted">
          {birth_date && `${t("provider.born", { date: formatDay(birth_date) })} · `}
          <span className={online ? "font-medium text-accent-ink" : ""}>
            {t(online ? "provider.online" : "provider.offline")}
          </span>
          {" · "}
          {last_call_at
            ? t("provider.lastCall", { when: formatAgo(last_call_at, now) })
            : t("provider.neverCalled")}
        </p>
      </div>
      <Button
        variant={online ? "primary" : "secondary"}
        aria-label={t("provider.startCallWith", { name })}
        onPress={() => onStart(patient)}
        isDisabled={isBusy}
        className="max-sm:w-11 max-sm:px-0"
      >
        <PhoneCall aria-hidden className="size-4" />
        <span className="max-sm:hidden">{t("provider.startCall")}</span>
      </Button>
    </li>
  );
}
