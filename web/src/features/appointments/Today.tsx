import { MessageSquareText, PhoneCall, UserX } from "lucide-react";
import { useState } from "react";
import { Link } from "react-aria-components";
import { api } from "../../shared/api/endpoints";
import type { Appointment, Waiting } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatTime } from "../../shared/i18n/format";
import { Badge } from "../../shared/ui/Badge";
import { Button, IconButton } from "../../shared/ui/Button";
import { Card, Section } from "../../shared/ui/Card";
import { Loaded } from "../../shared/ui/Loaded";
import { Name } from "../../shared/ui/Name";
import type { Load } from "../../shared/ui/useLoad";
import { useMinute } from "../../shared/ui/useMinute";
import { Done, type Said } from "./Done";
import { LineDialog } from "./LineDialog";
import { formatTimes, refusal, STATUS_TONES, STATUS_WORDS } from "./words";

export interface TodayProps {
  /** From useToday. */
  load: Load<readonly Appointment[]>;
  /** From useWaiting. */
  waiting: ReadonlyMap<string, Waiting>;
  onStart: (one: Appointment) => void;
  /** A call of the provider rings or runs already. */
  isBusy: boolean;
}

/** Whom the provider meets today, with the call for each. */
export function Today({ load, waiting, onStart, isBusy }: TodayProps) {
  const [saying, setSaying] = useState<Waiting | null>(null);
  const [said, setSaid] = useState<Said | null>(null);
  const miss = async ({ appointment_id }: Appointment) => {
    try {
      await api.missAppointment(appointment_id);
      const undo = () => api.restoreAppointment(appointment_id);
      setSaid({ text: t("appointments.missed"), undo });
    } catch (error) {
      setSaid({ text: refusal(error), undo: null });
    }
    load.reload();
  };
  return (
    <Section
      title={t("appointments.today")}
      aside={
        <Link
          href="/calendar"
          className="font-semibold text-accent-ink underline-offset-4 hover:underline"
        >
          {t("appointments.title")}
        </Link>
      }
    >
      {saying && <LineDialog waiting={saying} onClose={() => setSaying(null)} />}
      <Done said={said} onSaid={setSaid} onChanged={load.reload} />
      <Card>
        <Loaded load={load} rows={2}>
          {(all) => {
            const found = all.filter(({ status }) => status !== "cancelled");
            return found.length === 0 ? (
              <p className="px-5 py-4 text-muted">{t("appointments.free")}</p>
            ) : (
              <ul className="divide-y divide-line">
                {found.map((one) => (
                  <Row
                    key={one.appointment_id}
                    one={one}
                    waiting={waiting.get(one.appointment_id)}
                    onSay={setSaying}
                    isBusy={isBusy}
                    onStart={() => onStart(one)}
                    onMiss={() => void miss(one)}
                  />
                ))}
              </ul>
            );
          }}
        </Loaded>
      </Card>
    </Section>
  );
}

interface RowProps {
  one: Appointment;
  /** Its patient is there. */
  waiting: Waiting | undefined;
  onSay: (to: Waiting) => void;
  isBusy: boolean;
  onStart: () => void;
  onMiss: () => void;
}

function Row({ one, waiting, onSay, isBusy, onStart, onMiss }: RowProps) {
  const now = useMinute();
  const name = one.patient_name;
  return (
    <li className="flex items-center gap-3 px-4 py-4 sm:px-5">
      <div className="min-w-0 flex-1">
        <p className="font-semibold">
          <Name>{name}</Name>
        </p>
        <p className="text-sm text-muted">
          {formatTimes(one)}
          {one.topic && ` · ${one.topic}`}
        </p>
        {waiting && (
          <p className="mt-1 flex flex-wrap items-center gap-2 text-sm">
            <Badge tone="good">
              {t("waiting.patientSince", { time: formatTime(waiting.since) })}
            </Badge>
            {waiting.line && <bdi className="text-muted wrap-anywhere">{waiting.line}</bdi>}
          </p>
        )}
      </div>
      {one.status === "booked" ? (
        <>
          {waiting && (
            <IconButton aria-label={t("waiting.lineTo", { name })} onPress={() => onSay(waiting)}>
              <MessageSquareText aria-hidden className="size-5" />
            </IconButton>
          )}
          {!waiting && Date.parse(one.starts_at) <= now.getTime() && (
            <IconButton aria-label={t("appointments.missWith", { name })} onPress={onMiss}>
              <UserX aria-hidden className="size-5" />
            </IconButton>
          )}
          <Button
            aria-label={t(waiting ? "waiting.admitAt" : "appointments.startCall", {
              name,
              time: formatTime(one.starts_at),
            })}
            onPress={onStart}
            isDisabled={isBusy}
            className={waiting ? "" : "max-sm:w-11 max-sm:px-0"}
          >
            <PhoneCall aria-hidden className="size-4" />
            <span className={waiting ? "" : "max-sm:hidden"}>
              {t(waiting ? "waiting.admit" : "provider.startCall")}
            </span>
          </Button>
        </>
      ) : (
        <Badge tone={STATUS_TONES[one.status]}>{t(STATUS_WORDS[one.status])}</Badge>
      )}
    </li>
  );
}
