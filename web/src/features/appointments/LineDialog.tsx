import { useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { Waiting } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Decision, Dialog } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";
import { TextField } from "../../shared/ui/TextField";
import { useAct } from "./useAct";

/** A line to whoever waits, such as that it takes five more minutes. */
export function LineDialog({ waiting, onClose }: { waiting: Waiting; onClose: () => void }) {
  const [line, setLine] = useState<string>(t("waiting.fiveMinutes"));
  const { isPending, problem, run } = useAct();
  const send = async () => {
    if (await run(() => api.sayToWaiting(waiting.appointment_id, line.trim()))) onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title={t("waiting.lineTo", { name: waiting.patient_name })}>
      <div className="mt-4 flex flex-col gap-4">
        <TextField label={t("waiting.line")} value={line} onChange={setLine} maxLength={200} />
        {problem && <Notice tone="bad">{problem}</Notice>}
        <Decision>
          <Button variant="secondary" onPress={onClose}>
            {t("common.cancel")}
          </Button>
          <Button onPress={() => void send()} isPending={isPending} isDisabled={line.trim() === ""}>
            {t("waiting.send")}
          </Button>
        </Decision>
      </div>
    </Dialog>
  );
}
