import { useCallback, useState } from "react";
import { useLocation } from "wouter";
import { textForReader } from "../../shared/api/consentTexts";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import type { Call } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDuration } from "../../shared/i18n/format";
import { Button, LinkButton } from "../../shared/ui/Button";
import { FullPage } from "../../shared/ui/FullPage";
import { Spinner } from "../../shared/ui/Spinner";
import { useLoad } from "../../shared/ui/useLoad";
import { usePageTitle } from "../../shared/ui/usePageTitle";
import { useParameter } from "../../shared/ui/useParameter";
import { emergencyOf, offerBlurring, reachOf, VideoCall } from "../call";
import { useIdentity, useServerMessage, useSession, useSettings, useSignaling } from "../identity";
import { Beside } from "./Beside";
import { type Entry, entryOf, forgetEntry } from "./entries";
import { Guests } from "./Guests";
import { counterpart, isLive, isProviderOf } from "./outcome";
import { Afterwards, Place, useParts, useSummons } from "./parts";
import { useCallAgain } from "./useCallAgain";

offerBlurring();

/** /room/{room_id}: the call itself, or why there is none. */
export function RoomPage() {
  const roomId = useParameter("roomId");
  return <Room key={roomId} roomId={roomId} />;
}

function Room({ roomId }: { roomId: string }) {
  // Just accepted or just begun on this page: no need to ask the server first.
  const [entry] = useState(() => entryOf(roomId));
  return entry ? <InCall roomId={roomId} entry={entry} /> : <LookedUp roomId={roomId} />;
}

function LookedUp({ roomId }: { roomId: string }) {
  const { user_id } = useIdentity();
  const call = useLoad(useCallback(() => api.call(roomId), [roomId]));
  // Once in the call its own screens tell how it goes on, its end included.
  const [entry, setEntry] = useState<Entry | null>(null);
  // Until then, whatever happens to it changes what stands here.
  const { reload } = call;
  const changed = useCallback(() => entry === null && reload(), [entry, reload]);
  useServerMessage("invitation_closed", changed);
  useServerMessage("call_ended", changed);
  useServerMessage("call_emergency", changed);
  if (entry === null && call.value && canEnter(call.value, user_id)) {
    const isProvider = isProviderOf(call.value, user_id);
    setEntry({
      otherName: counterpart(call.value, user_id),
      isProvider,
      isPatient: call.value.patient_id === user_id,
      patientId: isProvider ? call.value.patient_id : undefined,
      audioOnly: call.value.audio_only,
    });
  }
  if (entry) return <InCall roomId={roomId} entry={entry} />;
  if (call.error) {
    return (
      <FullPage title={t("errors.loadTitle")} text={words(call.error)}>
        <Button onPress={call.reload}>{t("common.retry")}</Button>
        <LinkButton href="/" variant="secondary">
          {t("room.toHome")}
        </LinkButton>
      </FullPage>
    );
  }
  if (call.value === undefined) return <Opening />;
  if (isLive(call.value)) return <FullPage title={t("room.waitTitle")} text={t("room.waitText")} />;
  return <Ended call={call.value} />;
}

/** A patient enters a ringing call by answering the invitation, which asks for consent. */
function canEnter(call: Call, userId: string): boolean {
  return (
    call.call_status === "active" ||
    (call.call_status === "initiated" && isProviderOf(call, userId))
  );
}

function InCall({ roomId, entry }: { roomId: string; entry: Entry }) {
  const { user_id } = useIdentity();
  const { emergency_phone, consent_texts } = useSettings();
  const { renewSettings } = useSession();
  const signaling = useSignaling();
  const [, navigate] = useLocation();
  usePageTitle(t("room.pageTitle"));
  const { parts, news } = useParts(roomId, entry);
  const summons = useSummons(roomId, entry.isProvider);
  const callAgain = useCallAgain(roomId);
  useServerMessage("error", ({ code }) => {
    if (code === "consent_text_changed") void renewSettings().catch(() => undefined);
  });
  return (
    <main className="flex h-dvh flex-col">
      <Place roomId={roomId} isPatient={entry.isPatient ?? false} />
      <Beside parts={parts} news={news} summons={summons}>
        <VideoCall
          roomId={roomId}
          userId={user_id}
          isProvider={entry.isProvider}
          signaling={signaling}
          emergencyPhone={emergency_phone}
          consentText={textForReader(consent_texts)}
          audioOnly={entry.audioOnly}
          watching={entry.watching}
          otherName={entry.otherName}
          ready={entry.ready}
          onCallAgain={callAgain}
          onCallEnd={() => {
            forgetEntry(roomId);
            navigate("/", { replace: true });
          }}
        />
      </Beside>
    </main>
  );
}

function Opening() {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <p role="status" className="flex items-center gap-3 text-muted">
        <Spinner className="size-6 text-accent-ink" />
        {t("room.loading")}
      </p>
    </main>
  );
}

function Ended({ call }: { call: Call }) {
  const lasted = (call.duration_seconds ?? 0) * 1000;
  return (
    <FullPage
      title={t("room.endedTitle")}
      text={
        lasted > 0
          ? t("room.endedText", { duration: formatDuration(lasted) })
          : t("room.endedTextNever")
      }
    >
      {call.emergency && <WasEmergency emergency={call.emergency} />}
      {call.guests.length > 0 && <Guests guests={call.guests} />}
      {call.started_at && (
        <div className="flex w-full flex-col items-center gap-2.5">
          <Afterwards call={call} />
        </div>
      )}
      <LinkButton href="/">{t("room.toHome")}</LinkButton>
    </FullPage>
  );
}

function WasEmergency({ emergency }: { emergency: NonNullable<Call["emergency"]> }) {
  const { text, practicePhone } = reachOf(emergencyOf(emergency));
  return (
    <p className="w-full font-medium text-danger-ink">
      {t("call.ended.wasEmergency")} {text}{" "}
      {t("call.emergency.call", { phone: practicePhone || emergency.phone })}.
    </p>
  );
}
