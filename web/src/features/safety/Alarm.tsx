import { Siren } from "lucide-react";
import { useState } from "react";
import { api } from "../../shared/api/endpoints";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import type { Act } from "./Part";

export interface AlarmProps {
  roomId: string;
  stands: boolean;
  act: Act;
}

/** That there is an emergency, or the way to say so: the same one as everybody in the call has. */
export function Alarm({ roomId, stands, act }: AlarmProps) {
  const [isAsking, setAsking] = useState(false);
  if (stands)
    return (
      <Notice
        tone="bad"
        title={t("safety.stands")}
        actions={
          <Button variant="secondary" onPress={() => void act(api.endCrisis(roomId))}>
            {t("safety.over")}
          </Button>
        }
      >
        {t("safety.standsText")}
      </Notice>
    );
  if (!isAsking)
    return (
      <Button variant="danger" className="w-full" onPress={() => setAsking(true)}>
        <Siren aria-hidden className="size-5" />
        {t("safety.raise")}
      </Button>
    );
  const raise = () => {
    setAsking(false);
    void act(api.raiseEmergency(roomId));
  };
  return (
    <div className="flex flex-col gap-3 rounded-control p-3 ring-1 ring-danger-line ring-inset">
      <p role="alert">{t("safety.raiseText")}</p>
      <div className="flex flex-wrap gap-2">
        <Button variant="danger" autoFocus onPress={raise}>
          {t("safety.raiseNow")}
        </Button>
        <Button variant="secondary" onPress={() => setAsking(false)}>
          {t("safety.raiseCancel")}
        </Button>
      </div>
    </div>
  );
}
