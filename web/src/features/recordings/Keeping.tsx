import { useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { RecordingDetail } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDate } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { Card } from "../../shared/ui/Card";
import { ReasonDialog } from "../../shared/ui/ReasonDialog";
import { Holds } from "./Holds";

export interface KeepingProps extends Pick<RecordingDetail, "recording" | "holds"> {
  /** Something was placed, released or erased. */
  onChange: () => void;
}

/** What keeps the recording, and the way to be rid of it. */
export function Keeping({ recording, holds, onChange }: KeepingProps) {
  const [erasing, setErasing] = useState(false);
  const { recording_id, patient_name, on_hold, state, expires_at, kept_by } = recording;
  const erased = state === "erased";
  return (
    <Card>
      {!erased && (
        <p className="border-b border-line px-5 py-3.5 text-sm text-muted">
          {expires_at ? t("keeping.until", { date: formatDate(expires_at) }) : t("keeping.forEver")}
          {kept_by && kept_by !== "type" && ` ${t(`keeping.by.${kept_by}`)}`}
        </p>
      )}
      <Holds recordingId={recording_id} holds={holds} mayPlace={!erased} onChange={onChange} />
      {!erased && (
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 border-t border-line px-5 py-3.5">
          <p className="max-w-prose text-sm text-muted">
            {t(
              on_hold
                ? "keeping.eraseHeld"
                : state === "recording"
                  ? "keeping.eraseRunning"
                  : "keeping.eraseNote",
            )}
          </p>
          <Button
            variant="danger"
            size="small"
            isDisabled={on_hold || state === "recording"}
            onPress={() => setErasing(true)}
          >
            {t("keeping.erase")}
          </Button>
        </div>
      )}
      {erasing && (
        <ReasonDialog
          danger
          title={t("keeping.eraseTitle")}
          text={t("keeping.eraseText", { patient: patient_name })}
          confirm={t("keeping.eraseConfirm")}
          onClose={() => setErasing(false)}
          onConfirm={(reason) => api.eraseRecording(recording_id, reason).then(onChange)}
        />
      )}
    </Card>
  );
}
