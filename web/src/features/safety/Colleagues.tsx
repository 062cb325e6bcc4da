import { BellRing } from "lucide-react";
import { useCallback, useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { InvitablePerson } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Loaded } from "../../shared/ui/Loaded";
import { useLoad } from "../../shared/ui/useLoad";
import { type Act, Part } from "./Part";

/** Other providers, each one press away: they are rung as a supervisor. */
export function Colleagues({ roomId, act }: { roomId: string; act: Act }) {
  const load = useLoad(useCallback(() => api.invitable(roomId), [roomId]));
  const [rung, setRung] = useState<string | null>(null);
  const ring = async ({ user_id, name }: InvitablePerson) => {
    await act(
      api.askIn(roomId, { user_id, side: "supervisor", required: false }).then(() => setRung(name)),
    );
    load.reload();
  };
  return (
    <Part title={t("safety.colleagues")}>
      <Loaded load={load} framed rows={1}>
        {({ people }) => {
          const colleagues = people.filter(({ sides }) => sides.includes("supervisor"));
          if (colleagues.length === 0)
            return <p className="text-muted">{t("safety.noColleagues")}</p>;
          return (
            <ul className="flex flex-wrap gap-2">
              {colleagues.map((person) => (
                <li key={person.user_id} className="max-w-full">
                  <Button
                    variant="secondary"
                    className="max-w-full"
                    onPress={() => void ring(person)}
                  >
                    <BellRing aria-hidden className="size-4 shrink-0" />
                    <span className="truncate">{t("safety.ring", { name: person.name })}</span>
                  </Button>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
      <p role="status" className="mt-1 text-sm text-muted">
        {rung !== null && t("safety.rings", { name: rung })}
      </p>
    </Part>
  );
}
