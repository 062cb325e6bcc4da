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
  const [asked, setAsked] = useState<"raise" | "over" | null>(null);
  const answer = (doing: () => Promise<unknown>) => () => {
    setAsked(null);
    void act(doing());
  };
  if (!stands)
    return asked === "raise" ? (
      <Question
        text={t("safety.raiseText")}
        yes={t("safety.raiseNow")}
        onYes={answer(() => api.raiseEmergency(roomId))}
        onNo={() => setAsked(null)}
      />
    ) : (
      <Button variant="danger" className="w-full" onPress={() => setAsked("raise")}>
        <Siren aria-hidden className="size-5" />
        {t("safety.raise")}
      </Button>
    );
  return (
    <>
      <Notice
        tone="bad"
        title={t("safety.stands")}
        actions={
          asked !== "over" && (
            <Button variant="secondary" onPress={() => setAsked("over")}>
              {t("safety.over")}
            </Button>
          )
        }
      >
        {t("safety.standsText")}
      </Notice>
      {asked === "over" && (
        <Question
          text={t("safety.overText")}
          yes={t("safety.overNow")}
          onYes={answer(() => api.endCrisis(roomId))}
          onNo={() => setAsked(null)}
        />
      )}
    </>
  );
}

interface QuestionProps {
  text: string;
  yes: string;
  onYes: () => void;
  onNo: () => void;
}

/** Asked in its place in the panel: a dialog would lie over the call. */
function Question({ text, yes, onYes, onNo }: QuestionProps) {
  return (
    <div className="flex flex-col gap-3 rounded-control p-3 ring-1 ring-danger-line ring-inset">
      <p role="alert">{text}</p>
      <div className="flex flex-wrap gap-2">
        <Button variant="danger" autoFocus onPress={onYes}>
          {yes}
        </Button>
        <Button variant="secondary" onPress={onNo}>
          {t("safety.back")}
        </Button>
      </div>
    </div>
  );
}
