import { Armchair } from "lucide-react";
import { useCallback, useEffect } from "react";
import { guests } from "../../shared/api/guests";
import { onReturn } from "../../shared/api/signaling/returns";
import { t } from "../../shared/i18n";
import { Card } from "../../shared/ui/Card";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { Page } from "../../shared/ui/Page";
import { useLoad } from "../../shared/ui/useLoad";
import { WaitingPlace } from "../appointments";
import { CheckInCard } from "../checkin";
import { useIdentity, useServerMessage, useSignalingState } from "../identity";
import { RingSound } from "../invitations";
import { TimeOfStay } from "./TimeOfStay";

const load = () => guests.stay();

/** Where a guest waits until they are called. */
export function GuestHome() {
  const { name } = useIdentity();
  const stay = useLoad(useCallback(load, []));
  // By the place where they wait.
  const isTold = stay.value?.side === "patient" && Boolean(stay.value.appointment_id);
  const reachable = useSignalingState() !== "waiting";
  const { reload } = stay;
  useServerMessage("appointments_changed", reload);
  useServerMessage("welcome", reload); // nothing was heard before it
  useEffect(() => onReturn((cause) => cause === "visible" && reload()), [reload]);
  return (
    <Page narrow title={t("patient.title", { name })} windowTitle={t("guest.pageTitle")}>
      <Card className="overflow-hidden">
        <div className="flex items-center gap-4 bg-brand px-6 py-7 text-on-brand sm:px-8">
          <span className="inline-flex size-12 shrink-0 items-center justify-center rounded-full bg-brand-raised">
            <Armchair aria-hidden className="size-6 text-on-brand-muted" />
          </span>
          <div>
            <h2 className="text-xl font-bold tracking-tight">{t("patient.waitingTitle")}</h2>
            {stay.value && !isTold && (
              <p role="status" className="mt-1 max-w-prose text-on-brand-muted">
                {t("guest.wait", { provider: stay.value.provider_name ?? t("call.other") })}
              </p>
            )}
          </div>
        </div>
        {!reachable && (
          <Notice tone="care" className="mx-5 mt-5">
            {t("patient.notConnected")}
          </Notice>
        )}
        <div className="px-6 py-6 sm:px-8">
          <Loaded load={stay} rows={1}>
            {({ starts_at, ends_at, time_zone, appointment_id, side, provider_name }) => (
              <div className="flex flex-col gap-5">
                {starts_at && ends_at && time_zone && (
                  <TimeOfStay startsAt={starts_at} endsAt={ends_at} timeZone={time_zone} />
                )}
                {side === "patient" && appointment_id && (
                  <WaitingPlace
                    appointmentId={appointment_id}
                    provider={provider_name ?? t("call.other")}
                  />
                )}
              </div>
            )}
          </Loaded>
        </div>
        <RingSound />
      </Card>
      <CheckInCard className="mt-8" />
    </Page>
  );
}
