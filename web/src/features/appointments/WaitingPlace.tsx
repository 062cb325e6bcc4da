import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { ApiError } from "../../shared/api/client";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import type { WaitingPlace as Place } from "../../shared/api/schema";
import { onReturn } from "../../shared/api/signaling/returns";
import { t } from "../../shared/i18n";
import { formatTime } from "../../shared/i18n/format";
import { CrashBoundary } from "../../shared/ui/CrashBoundary";
import { Notice } from "../../shared/ui/Notice";
import { useServerMessage } from "../identity";
import { panels } from "../safety";
import { startWaiting, stopWaiting } from "./waits";

const PlaceQuestion = lazy(async () => ({ default: await panels.question() }));

const EVERY_MS = 25_000;

export interface WaitingPlaceProps {
  appointmentId: string;
  provider: string;
}

/**
 * The patient is there, which the provider sees as long as this is shown; it says since when, and
 * what the provider has sent. Whatever happened while a device slept is asked for when it is back.
 */
export function WaitingPlace({ appointmentId, provider }: WaitingPlaceProps) {
  const [place, setPlace] = useState<Place | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const wait = useCallback(() => {
    api.wait(appointmentId).then(
      (found) => {
        setPlace(found);
        setProblem(null);
      },
      (error: unknown) => {
        if (error instanceof ApiError && error.status === 0) return; // the next one tells
        setPlace(null);
        setProblem(error);
      },
    );
  }, [appointmentId]);
  useEffect(() => {
    startWaiting(appointmentId);
    wait();
    const timer = setInterval(wait, EVERY_MS);
    const forget = onReturn(() => wait());
    return () => {
      clearInterval(timer);
      forget();
      stopWaiting(appointmentId);
      void api.stopWaiting(appointmentId).catch(() => undefined);
    };
  }, [appointmentId, wait]);
  useServerMessage("welcome", wait);
  useServerMessage("appointments_changed", wait);
  useServerMessage("waiting_line", ({ appointment_id, line }) => {
    if (appointment_id === appointmentId) setPlace((now) => now && { ...now, line });
  });
  if (problem !== null) return <Notice tone="care">{words(problem)}</Notice>;
  return (
    <div className="flex flex-col gap-3">
      <div role="status" className="flex flex-col gap-3">
        <p className="font-semibold">
          {place ? t("waiting.since", { time: formatTime(place.since) }) : t("common.loading")}
        </p>
        <p className="text-muted">{t("waiting.text", { provider })}</p>
        {place?.line && (
          <p className="rounded-control bg-accent-subtle px-4 py-3">
            <span className="block text-sm text-muted">{t("waiting.says", { provider })}</span>
            <bdi className="font-semibold wrap-anywhere">{place.line}</bdi>
          </p>
        )}
      </div>
      <CrashBoundary place="place" crashed={() => null}>
        <Suspense>
          <PlaceQuestion visit={{ appointment_id: appointmentId }} />
        </Suspense>
      </CrashBoundary>
    </div>
  );
}
