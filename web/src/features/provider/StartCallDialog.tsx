import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { api } from "../../shared/api/endpoints";
import { cannotRecordWords, words } from "../../shared/api/refusals";
import type { Patient } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDay, formatDuration } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { Decision, Dialog } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";
import { Switch } from "../../shared/ui/Switch";
import { rememberEntry } from "../calls";
import { CheckInSection } from "../checkin";
import { useSession, useSettings } from "../identity";

export interface StartCallDialogProps {
  patient: Omit<Patient, "last_call_at">;
  /** For which it is held. */
  appointmentId?: string;
  /** The patient is in the waiting room. */
  isWaiting?: boolean;
  onClose: () => void;
}

/** What to settle before it rings. Once it does, the call's own page takes over. */
export function StartCallDialog(props: StartCallDialogProps) {
  const { patient, appointmentId, isWaiting = false, onClose } = props;
  const settings = useSettings();
  const { recording_available, recording_unavailable_reason, ring_timeout_seconds } = settings;
  const { renewSettings } = useSession();
  const [, navigate] = useLocation();
  const [recording, setRecording] = useState(false);
  const [audioOnly, setAudioOnly] = useState(false);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { name } = patient;
  // What there is room for may have changed since the page was opened.
  useEffect(() => void renewSettings().catch(() => undefined), [renewSettings]);
  const left = audioOnly ? settings.recording_audio_minutes_left : settings.recording_minutes_left;
  const isShort = recording && left !== null;

  const start = async (recorded: boolean) => {
    setPending(true);
    setProblem(null);
    try {
      const { room_id } = await api.initiateCall({
        patient_id: patient.user_id,
        recording_enabled: recorded,
        audio_only: audioOnly,
        appointment_id: appointmentId ?? null,
      });
      rememberEntry(room_id, {
        otherName: name,
        isProvider: true,
        patientId: patient.user_id,
        audioOnly,
      });
      navigate(`/room/${room_id}`);
    } catch (error) {
      setProblem(words(error));
      setPending(false);
    }
  };

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t(isWaiting ? "startCall.admitTitle" : "startCall.title", { name })}
    >
      {patient.birth_date && (
        <p className="mt-1 text-muted">
          {t("provider.born", { date: formatDay(patient.birth_date) })}
        </p>
      )}
      <p className="mt-1 text-muted">
        {isWaiting
          ? t("startCall.waitingText", { name })
          : patient.online
            ? t("startCall.onlineText", { name })
            : t("startCall.offlineText", { name, count: ring_timeout_seconds })}
      </p>
      <div className="mt-5 flex flex-col gap-3">
        <Switch
          label={t("startCall.recording")}
          description={
            recording_available
              ? t("startCall.recordingText", { name })
              : cannotRecordWords(recording_unavailable_reason)
          }
          isSelected={recording}
          onChange={setRecording}
          isDisabled={!recording_available}
        />
        <Switch
          label={t("startCall.audioOnly")}
          description={t("startCall.audioOnlyText")}
          isSelected={audioOnly}
          onChange={setAudioOnly}
        />
        <CheckInSection />
      </div>
      {isShort && (
        <Notice tone="care" title={t("startCall.shortTitle")} className="mt-4">
          {shortWords(left, settings.max_call_duration_minutes)}
        </Notice>
      )}
      {problem && (
        <Notice tone="bad" className="mt-4">
          {problem}
        </Notice>
      )}
      <Decision>
        {isShort && !pending ? (
          <Button variant="secondary" onPress={() => void start(false)}>
            {t("startCall.submitWithout")}
          </Button>
        ) : (
          <Button variant="secondary" onPress={onClose}>
            {t("common.cancel")}
          </Button>
        )}
        <Button onPress={() => void start(recording)} isPending={pending}>
          {t(
            pending
              ? "startCall.submitting"
              : isShort
                ? "startCall.submitAnyway"
                : isWaiting
                  ? "waiting.admit"
                  : "startCall.submit",
          )}
        </Button>
      </Decision>
    </Dialog>
  );
}

/** How long the recording could be. */
function shortWords(minutes: number, longestMinutes: number): string {
  return minutes === 0
    ? t("startCall.shortNow")
    : t("startCall.short", { count: minutes, longest: formatDuration(longestMinutes * 60_000) });
}
