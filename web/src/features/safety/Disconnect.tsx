import { Unplug } from "lucide-react";
import { useState } from "react";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Decision, Dialog } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";

/** Ends media for everybody at once, after one question. */
export function Disconnect({ roomId }: { roomId: string }) {
  const [isAsking, setAsking] = useState(false);
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const disconnect = () => {
    setPending(true);
    setProblem(null);
    api
      .disconnect(roomId)
      .then(() => setAsking(false), setProblem)
      .finally(() => setPending(false));
  };
  return (
    <>
      <Button
        variant="danger"
        className="h-auto min-h-11 w-full py-2 whitespace-normal"
        onPress={() => setAsking(true)}
      >
        <Unplug aria-hidden className="size-5" />
        {t("safety.disconnect")}
      </Button>
      <Dialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={t("safety.disconnectTitle")}
        role="alertdialog"
      >
        <p className="mt-2 text-muted">{t("safety.disconnectText")}</p>
        {problem !== null && (
          <Notice tone="bad" className="mt-4">
            {words(problem)}
          </Notice>
        )}
        <Decision>
          <Button variant="secondary" onPress={() => setAsking(false)}>
            {t("safety.disconnectCancel")}
          </Button>
          <Button variant="danger" onPress={disconnect} isPending={isPending}>
            {t("safety.disconnectNow")}
          </Button>
        </Decision>
      </Dialog>
    </>
  );
}
