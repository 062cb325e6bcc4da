import type { GuestLink } from "../api/schema";
import { t } from "../i18n";
import { Badge } from "./Badge";
import { Button } from "./Button";

export interface GuestLinkListProps {
  links: readonly GuestLink[];
  isPending: boolean;
  onRevoke: (link: GuestLink) => void;
}

/** For whom there are links, and how far each has come. */
export function GuestLinkList({ links, isPending, onRevoke }: GuestLinkListProps) {
  return (
    <ul aria-label={t("guestLinks.listed")} className="flex flex-col divide-y divide-line">
      {links.map((link) => (
        <Row key={link.link_id} link={link} isPending={isPending} onRevoke={() => onRevoke(link)} />
      ))}
    </ul>
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
