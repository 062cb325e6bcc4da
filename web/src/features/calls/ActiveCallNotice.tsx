import { PhoneCall } from "lucide-react";
import { useState } from "react";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import type { Call } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatTime } from "../../shared/i18n/format";
import { Button, LinkButton } from "../../shared/ui/Button";
import { ConfirmDialog } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";
import { useIdentity } from "../identity";
import { counterpart, isLive, isProviderOf } from "./outcome";

export interface ActiveCallNoticeProps {
  calls: readonly Call[];
  onChanged: () => void;
}

/** The way back into a call that runs or rings, for somebody who left its page. */
export function ActiveCallNotice({ calls, onChanged }: ActiveCallNoticeProps) {
  const { user_id } = useIdentity();
  // A patient answers a ringing call in the dialog of the invitation.
  const live = calls.find((call) =>
    isProviderOf(call, user_id) ? isLive(call) : call.call_status === "active",
  );
  if (live === undefined) return null;
  return <LiveCall call={live} name={counterpart(live, user_id)} onChanged={onChanged} />;
}

function LiveCall({ call, name, onChanged }: { call: Call; name: string; onChanged: () => void }) {
  const ringing = call.call_status === "initiated";
  const [asking, setAsking] = useState(false);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const end = () => {
    setPending(true);
    setProblem(null);
    api
      .endCall(call.room_id)
      .then(onChanged, (error: unknown) => setProblem(words(error)))
      .finally(() => {
        setPending(false);
        setAsking(false);
      });
  };
  return (
    <section className="mb-8 rounded-card bg-brand p-5 text-on-brand shadow-card sm:px-6">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-4">
        <span className="relative inline-flex size-11 items-center justify-center rounded-full bg-brand-raised">
          {ringing && (
            <span aria-hidden className="absolute inset-0 animate-ring rounded-full bg-pulse" />
          )}
          <PhoneCall aria-hidden className="relative size-5" />
        </span>
        <div role="status" className="min-w-0 flex-1 basis-56">
          <p title={name} className="line-clamp-2 font-semibold wrap-anywhere">
            {t(ringing ? "activeCall.ringing" : "activeCall.active", { name })}
          </p>
          <p className="text-sm text-on-brand-muted">
            {ringing
              ? t("activeCall.ringingText")
              : t("activeCall.activeText", {
                  time: formatTime(call.started_at ?? call.created_at),
                })}
          </p>
        </div>
        <div className="flex w-full flex-wrap gap-2 sm:w-auto">
          <LinkButton href={`/room/${call.room_id}`} variant="light" className="max-sm:flex-1">
            {t("activeCall.rejoin")}
          </LinkButton>
          <Button
            variant="danger"
            className="max-sm:flex-1"
            isPending={pending}
            onPress={() => (ringing ? end() : setAsking(true))}
          >
            {t(ringing ? "activeCall.cancelCall" : "activeCall.endCall")}
          </Button>
        </div>
      </div>
      {problem && (
        <Notice tone="bad" className="mt-4">
          {problem}
        </Notice>
      )}
      <ConfirmDialog
        isOpen={asking}
        onClose={() => setAsking(false)}
        title={t("activeCall.endTitle", { name })}
        text={t("activeCall.endText")}
        keep={t("activeCall.keep")}
        confirm={t("activeCall.endCall")}
        onConfirm={end}
        isPending={pending}
        danger
      />
    </section>
  );
}
