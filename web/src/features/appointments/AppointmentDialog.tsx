import { CalendarClock, Link2, PhoneCall, Undo2, UserX } from "lucide-react";
import { useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { Appointment } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Badge } from "../../shared/ui/Badge";
import { Button } from "../../shared/ui/Button";
import { Decision, Dialog } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";
import { CancelForm } from "./CancelForm";
import { GuestLinks } from "./GuestLinks";
import { MoveForm } from "./MoveForm";
import { useAct } from "./useAct";
import { timeZone } from "./week";
import { agreedElsewhere, formatWhen, STATUS_TONES, STATUS_WORDS } from "./words";

type Stage = "details" | "move" | "cancel" | "links";

export interface AppointmentDialogProps {
  one: Appointment;
  /** Where it was dragged to, which is to be confirmed. */
  to: Date | null;
  onClose: () => void;
  onDone: (said: string, undo?: () => Promise<unknown>) => void;
  onStart: (one: Appointment) => void;
}

/** One appointment, and what its provider can do with it. */
export function AppointmentDialog({ one, to, onClose, onDone, onStart }: AppointmentDialogProps) {
  const [stage, setStage] = useState<Stage>(to ? "move" : "details");
  const back = () => (to ? onClose() : setStage("details"));
  const title = {
    details: one.patient_name,
    move: t("appointments.moveTitle", { name: one.patient_name }),
    cancel: t("appointments.cancelTitle"),
    links: t("guestLinks.title"),
  }[stage];
  return (
    <Dialog isOpen onClose={onClose} title={title} wide>
      <Facts one={one} />
      {stage === "move" && (
        <MoveForm one={one} to={to ?? new Date(one.starts_at)} onBack={back} onDone={onDone} />
      )}
      {stage === "cancel" && <CancelForm one={one} onBack={back} onDone={onDone} />}
      {stage === "links" && <GuestLinks one={one} onBack={back} />}
      {stage === "details" && (
        <Acts one={one} onStage={setStage} onDone={onDone} onStart={onStart} />
      )}
    </Dialog>
  );
}

function Facts({ one }: { one: Appointment }) {
  const elsewhere = agreedElsewhere(one, timeZone());
  return (
    <div className="mt-1 flex flex-col gap-1 text-muted">
      <p className="flex flex-wrap items-center gap-2">
        {formatWhen(one)}
        <Badge tone={STATUS_TONES[one.status]}>{t(STATUS_WORDS[one.status])}</Badge>
      </p>
      {elsewhere && (
        <p className="text-sm">
          {t("appointments.elsewhere", { time: elsewhere, zone: one.time_zone })}
        </p>
      )}
      {one.series_id && <p className="text-sm">{t("appointments.ofSeries")}</p>}
      {one.topic && <p className="text-ink">{one.topic}</p>}
    </div>
  );
}

interface ActsProps extends Omit<AppointmentDialogProps, "to" | "onClose"> {
  onStage: (stage: Stage) => void;
}

function Acts({ one, onStage, onDone, onStart }: ActsProps) {
  const { isPending, problem, run } = useAct();
  const id = one.appointment_id;
  const restore = () => api.restoreAppointment(id);
  const act = async (work: () => Promise<unknown>, said: string, undo?: () => Promise<unknown>) => {
    if (await run(work)) onDone(said, undo);
  };
  const hasBegun = Date.parse(one.starts_at) <= Date.now();
  if (one.status === "fulfilled") return null;
  return (
    <div className="mt-5 flex flex-col gap-4">
      {problem && <Notice tone="bad">{problem}</Notice>}
      {one.status === "booked" ? (
        <>
          <div className="flex flex-wrap gap-2">
            <Button variant="secondary" onPress={() => onStage("move")}>
              <CalendarClock aria-hidden className="size-4" />
              {t("appointments.moveOpen")}
            </Button>
            {hasBegun && (
              <Button
                variant="secondary"
                isPending={isPending}
                onPress={() =>
                  void act(() => api.missAppointment(id), t("appointments.missed"), restore)
                }
              >
                <UserX aria-hidden className="size-4" />
                {t("appointments.miss")}
              </Button>
            )}
            <Button variant="secondary" onPress={() => onStage("links")}>
              <Link2 aria-hidden className="size-4" />
              {t("guestLinks.open")}
            </Button>
            <Button variant="quiet" onPress={() => onStage("cancel")}>
              {t("appointments.cancelOpen")}
            </Button>
          </div>
          <Decision>
            <Button onPress={() => onStart(one)}>
              <PhoneCall aria-hidden className="size-4" />
              {t("provider.startCall")}
            </Button>
          </Decision>
        </>
      ) : (
        <Decision>
          <Button
            variant="secondary"
            isPending={isPending}
            onPress={() => void act(restore, t("appointments.restored"))}
          >
            <Undo2 aria-hidden className="size-4" />
            {t("appointments.restore")}
          </Button>
        </Decision>
      )}
    </div>
  );
}
