import { useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { Crisis } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { type Act, Part } from "./Part";

type Step = Crisis["steps"][number];

export interface CheckListProps {
  roomId: string;
  crisis: Crisis;
  act: Act;
}

/** What to think of; each tick is kept with its time. */
export function CheckList({ roomId, crisis, act }: CheckListProps) {
  const [pending, setPending] = useState<ReadonlyMap<Step, boolean>>(new Map());
  const tick = async (step: Step, isDone: boolean) => {
    setPending((before) => new Map(before).set(step, isDone));
    await act(api.noteCrisis(roomId, { kind: isDone ? "ticked" : "unticked", step, text: null }));
    setPending((before) => new Map([...before].filter(([each]) => each !== step)));
  };
  return (
    <Part title={t("safety.checkList")}>
      <ul className="flex flex-col">
        {crisis.steps.map((step) => (
          <li key={step}>
            <label className="flex min-h-11 cursor-pointer items-start gap-3 py-2">
              <input
                type="checkbox"
                checked={pending.get(step) ?? crisis.done.includes(step)}
                onChange={({ target }) => void tick(step, target.checked)}
                className="mt-0.5 size-5 shrink-0 accent-accent"
              />
              {t(`safety.step.${step}`)}
            </label>
          </li>
        ))}
      </ul>
    </Part>
  );
}
