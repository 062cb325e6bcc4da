import { useId } from "react";
import type { CallGuest } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Avatar } from "../../shared/ui/Avatar";
import { Card } from "../../shared/ui/Card";
import { Name } from "../../shared/ui/Name";
import { stayWords } from "./stays";

/** Whoever was invited to a call while it ran: as what, from when to when, and why no longer. */
export function Guests({ guests }: { guests: readonly CallGuest[] }) {
  const title = useId();
  return (
    <section className="w-full max-w-md text-start">
      <h2 id={title} className="mb-3 font-semibold">
        {t("guests.title")}
      </h2>
      <Card>
        <ul aria-labelledby={title} className="divide-y divide-line">
          {guests.map((guest) => (
            <li key={guest.user_id + guest.invited_at} className="flex gap-3.5 px-5 py-3.5">
              <Avatar name={guest.name} size="small" />
              <div className="min-w-0">
                <p className="font-semibold wrap-anywhere">
                  <Name>{guest.name}</Name>
                </p>
                <p className="text-sm text-muted">
                  {t(`roles.${guest.side}`)} · {stayWords(guest)}
                </p>
              </div>
            </li>
          ))}
        </ul>
      </Card>
    </section>
  );
}
