import { useCallback, useEffect, useState } from "react";
import { words } from "../../shared/api/refusals";
import type { GuestLink } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { GuestLinkList } from "../../shared/ui/GuestLinkList";
import { Notice } from "../../shared/ui/Notice";
import { useLoad } from "../../shared/ui/useLoad";
import type { People } from "./core/people";

const EVERY_MS = 5000;

/** The links that were made into this call: what became of each, and taking one back. */
export function Links({ requests }: { requests: People }) {
  const { value, error, reload } = useLoad(useCallback(() => requests.links(), [requests]));
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState<unknown>(undefined);
  useEffect(() => {
    const timer = setInterval(reload, EVERY_MS);
    return () => clearInterval(timer);
  }, [reload]);
  const revoke = ({ link_id }: GuestLink) => {
    setPending(true);
    setRefused(undefined);
    requests
      .revokeLink(link_id)
      .then(reload, setRefused)
      .finally(() => setPending(false));
  };
  const problem = refused ?? error;
  if (problem === undefined && !value?.length) return null;
  return (
    <section className="mt-3 border-t border-line pt-4">
      <h3 className="text-sm font-semibold">{t("guestLinks.listed")}</h3>
      {problem !== undefined && (
        <Notice tone="bad" className="mt-3">
          {words(problem)}
        </Notice>
      )}
      <GuestLinkList links={value ?? []} isPending={pending} onRevoke={revoke} />
    </section>
  );
}
