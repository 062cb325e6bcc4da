import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { useAct } from "./useAct";

/** What was done, and how to take it back. */
export interface Said {
  text: string;
  undo: (() => Promise<unknown>) | null;
}

export interface DoneProps {
  said: Said | null;
  onSaid: (said: Said | null) => void;
  onChanged: () => void;
}

/** Says what was just done, with a way back where there is one. */
export function Done({ said, onSaid, onChanged }: DoneProps) {
  const { isPending, problem, run } = useAct();
  const undo = async () => {
    if (!said?.undo || !(await run(said.undo))) return;
    onSaid({ text: t("appointments.undone"), undo: null });
    onChanged();
  };
  if (!said) return null;
  return (
    <Notice
      tone={problem ? "bad" : "info"}
      className="mb-4"
      actions={
        <>
          {said.undo && (
            <Button
              size="small"
              variant="secondary"
              onPress={() => void undo()}
              isPending={isPending}
            >
              {t("appointments.undo")}
            </Button>
          )}
          <Button size="small" variant="quiet" onPress={() => onSaid(null)}>
            {t("common.close")}
          </Button>
        </>
      }
    >
      {problem ?? said.text}
    </Notice>
  );
}
