import { Link2 } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { Appointment, GuestLink } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Badge } from "../../shared/ui/Badge";
import { Button } from "../../shared/ui/Button";
import { Decision } from "../../shared/ui/Dialog";
import { GuestLinkForm } from "../../shared/ui/GuestLinkForm";
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
            <ul aria-label={t("guestLinks.listed")} className="flex flex-col divide-y divide-line">
              {links.map((link) => (
                <Row
                  key={link.link_id}
                  link={link}
                  isPending={isPending}
                  onRevoke={() => void revoke(link)}
                />
              ))}
            </ul>
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

interface RowProps {
  link: GuestLink;
  isPending: boolean;
  onRevoke: () => void;
}

function Row({ link, isPending, onRevoke }: RowProps) {
  const { name, side, state, channel, address } = link;
  const ended = state === "revoked" || state === "over";
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-3">
      <div className="min-w-0 flex-1 basis-40">
        <p className="flex flex-wrap items-center gap-2 font-semibold">
          <bdi className="wrap-anywhere">{name}</bdi>
          <Badge tone={state === "used" ? "good" : "neutral"}>
            {t(`guestLinks.state.${state}`)}
          </Badge>
        </p>
        <p className="text-sm text-muted wrap-anywhere">
          {t(`roles.${side}`)} · {address ?? t(`guestLinks.ways.${channel}`)}
        </p>
      </div>
      {!ended && (
        <Button
          variant="secondary"
          size="small"
          isPending={isPending}
          aria-label={t("guestLinks.revokeOf", { name })}
          onPress={onRevoke}
        >
          {t("guestLinks.revoke")}
        </Button>
      )}
    </li>
  );
}
