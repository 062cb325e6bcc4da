import { Link2 } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { Appointment, GuestLink } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Decision } from "../../shared/ui/Dialog";
import { GuestLinkForm } from "../../shared/ui/GuestLinkForm";
import { GuestLinkList } from "../../shared/ui/GuestLinkList";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { useLoad } from "../../shared/ui/useLoad";
import { useAct } from "./useAct";
import { refusal } from "./words";

const SIDES = ["patient", "interpreter", "relative", "supervisor", "observer"] as const;
const EVERY_MS = 5000;

/** The links by which guests come to an appointment, and how far each has come. */
export function GuestLinks({ one, onBack }: { one: Appointment; onBack: () => void }) {
  const id = one.appointment_id;
  const [adding, setAdding] = useState(false);
  const load = useLoad(useCallback(() => api.guestLinks(id), [id]));
  const { isPending, problem, run } = useAct();
  const { reload } = load;
  useEffect(() => {
    const timer = setInterval(reload, EVERY_MS);
    return () => clearInterval(timer);
  }, [reload]);
  if (adding)
    return (
      <GuestLinkForm
        sides={SIDES}
        onMake={(asked) => api.makeGuestLink(id, asked)}
        refusal={refusal}
        onBack={() => {
          setAdding(false);
          reload();
        }}
      />
    );
  const revoke = (link: GuestLink) =>
    run(async () => {
      await api.revokeGuestLink(id, link.link_id);
      reload();
    });
  return (
    <div className="mt-4 flex flex-col gap-4">
      <p className="text-muted">{t("guestLinks.text")}</p>
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Loaded load={load} rows={1}>
        {({ links }) =>
          links.length === 0 ? (
            <p>{t("guestLinks.none")}</p>
          ) : (
            <GuestLinkList
              links={links}
              isPending={isPending}
              onRevoke={(link) => void revoke(link)}
            />
          )
        }
      </Loaded>
      <Decision>
        <Button variant="secondary" onPress={onBack}>
          {t("guestLinks.back")}
        </Button>
        <Button onPress={() => setAdding(true)}>
          <Link2 aria-hidden className="size-4" />
          {t("guestLinks.add")}
        </Button>
      </Decision>
    </div>
  );
}
