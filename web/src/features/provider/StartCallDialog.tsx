import { useState } from "react";
import { useLocation } from "wouter";
import { api } from "../../shared/api/endpoints";
import { cannotRecordWords, words } from "../../shared/api/refusals";
import type { Patient } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Decision, Dialog } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";
import { Switch } from "../../shared/ui/Switch";
import { rememberEntry } from "../calls";
import { useSettings } from "../identity";

/** What to settle before it rings. Once it does, the call's own page takes over. */
export function StartCallDialog({ patient, onClose }: { patient: Patient; onClose: () => void }) {
  const { recording_available, recording_unavailable_reason, ring_timeout_seconds } = useSettings();
  const [, navigate] = useLocation();
  const [recording, setRecording] = useState(false);
  const [audioOnly, setAudioOnly] = useState(false);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { name } = patient;

  const start = async () => {
    setPending(true);
    setProblem(null);
    try {
      const { room_id } = await api.initiateCall({
        patient_id: patient.user_id,
        recording_enabled: recording,
        audio_only: audioOnly,
      });
      rememberEntry(room_id, { otherName: name, isProvider: true, audioOnly });
      navigate(`/room/${room_id}`);
    } catch (error) {
      setProblem(words(error));
      setPending(false);
    }
  };

  return (
    <Dialog isOpen onClose={onClose} title={t("startCall.title", { name })}>
      <p className="mt-1 text-muted">
        {patient.online
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
      </div>
      {problem && (
        <Notice tone="bad" className="mt-4">
          {problem}
        </Notice>
      )}
      <Decision>
        <Button variant="secondary" onPress={onClose}>
          {t("common.cancel")}
        </Button>
        <Button onPress={() => void start()} isPending={pending}>
          {t(pending ? "startCall.submitting" : "startCall.submit")}
        </Button>
      </Decision>
    </Dialog>
  );
}
