import { Hourglass, type LucideIcon, ShieldAlert, ShieldCheck, Users } from "lucide-react";
import { type ReactNode, useState } from "react";
import { api } from "../../../shared/api/endpoints";
import { words } from "../../../shared/api/refusals";
import { t } from "../../../shared/i18n";
import { formatDateTime, formatTime } from "../../../shared/i18n/format";
import { Button } from "../../../shared/ui/Button";
import { Notice } from "../../../shared/ui/Notice";
import { useAccess } from "./access";
import type { Unlock } from "./unlocks";
import type { Opening } from "./useOpening";

export interface ApprovalProps {
  opening: Opening;
  /** The server cannot open it: the approval is for whoever exports it there, too. */
  sealed?: boolean;
  /** What opens it once that is approved. */
  children: ReactNode;
}

/** In place of the player, where somebody else has to approve: how far that is, and what to do. */
export function Approval({ opening, sealed = false, children }: ApprovalProps) {
  const { unlock, open, problem } = opening;
  const stands = unlock?.state === "waiting" || unlock?.state === "approved";
  const Icon = iconOf(unlock);
  return (
    <div className="flex flex-col items-center justify-center gap-4 rounded-card bg-stage-surface px-6 py-16 text-center text-stage-ink sm:py-20">
      <Icon aria-hidden className="size-8 text-stage-muted" />
      <div role="status" className="max-w-md wrap-anywhere">
        <p className="text-lg font-semibold text-stage-strong">{titleOf(unlock)}</p>
        <p className="mt-1 text-[0.9375rem] text-stage-muted">{textOf(unlock)}</p>
        {sealed && unlock?.state === "approved" && (
          <p className="mt-1 text-[0.9375rem] text-stage-muted">
            {t("approval.forOperator", { id: unlock.unlock_id })}
          </p>
        )}
      </div>
      {problem !== undefined && <Notice tone="bad">{words(problem)}</Notice>}
      <div className="flex flex-wrap items-center justify-center gap-3">
        {unlock?.state === "approved" && children}
        {!stands && (
          <Button size="large" variant="light" onPress={() => open()}>
            {t(unlock ? "approval.askAgain" : "approval.ask")}
          </Button>
        )}
        {stands && <End key={unlock.unlock_id} unlock={unlock} />}
      </div>
    </div>
  );
}

/** Beside the player: until when it is open, and a way to be done earlier. */
export function OpenUntil({ unlock }: { unlock: Unlock }) {
  return (
    <div className="mb-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
      <p role="status" className="text-[0.9375rem] text-muted">
        {textOf(unlock)}
      </p>
      <End unlock={unlock} tone="secondary" />
    </div>
  );
}

/** Withdraw a request, or give an approval back: nothing is asked before, one can ask again. */
function End({ unlock, tone = "night" }: { unlock: Unlock; tone?: "night" | "secondary" }) {
  const { changed } = useAccess();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const end = () => {
    setPending(true);
    setProblem(undefined);
    api
      .endUnlock(unlock.unlock_id)
      .then(changed, setProblem)
      .finally(() => setPending(false));
  };
  return (
    <>
      <Button
        size={tone === "night" ? "large" : "small"}
        variant={tone}
        onPress={end}
        isPending={pending}
      >
        {t(unlock.state === "waiting" ? "approval.withdraw" : "approval.giveBack")}
      </Button>
      {problem !== undefined && <Notice tone="bad">{words(problem)}</Notice>}
    </>
  );
}

function iconOf(unlock: Unlock | undefined): LucideIcon {
  if (unlock === undefined) return Users;
  if (unlock.state === "waiting") return Hourglass;
  return unlock.state === "approved" ? ShieldCheck : ShieldAlert;
}

function titleOf(unlock: Unlock | undefined): string {
  if (unlock === undefined) return t("approval.neededTitle");
  if (unlock.state === "expired" || unlock.state === "exported")
    return t(unlock.answered_at === null ? "approval.lapsedTitle" : "approval.overTitle");
  return t(`approval.${unlock.state}Title`);
}

function textOf(unlock: Unlock | undefined): string {
  if (unlock === undefined) return t("approval.neededText");
  const { state, expires_at, requested_at, answered_at, answered_by_name, answer } = unlock;
  const name = answered_by_name ?? "";
  switch (state) {
    case "waiting":
      return t("approval.waitingText", {
        time: formatDateTime(requested_at),
        until: formatDateTime(expires_at),
      });
    case "approved":
      return t("approval.approvedText", { name, until: formatTime(expires_at) });
    case "refused":
      return t("approval.refusedText", { name, reason: answer ?? "" });
    case "withdrawn":
      return t("approval.withdrawnText");
    case "revoked":
      return t("approval.revokedText", { name: unlock.ended_by_name ?? "" });
    case "exported":
    case "expired":
      return answered_at === null
        ? t("approval.lapsedText", { time: formatDateTime(expires_at) })
        : t("approval.overText", { time: formatDateTime(expires_at) });
  }
}
