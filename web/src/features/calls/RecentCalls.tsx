import { History, Mic, Video } from "lucide-react";
import type { Call } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatRecent } from "../../shared/i18n/format";
import { Badge } from "../../shared/ui/Badge";
import { Empty } from "../../shared/ui/Empty";
import { Name } from "../../shared/ui/Name";
import { useIdentity } from "../identity";
import { callDuration, counterpart, outcome } from "./outcome";

/** The newest few calls, as a short list. */
export function RecentCalls({ calls }: { calls: readonly Call[] }) {
  const { user_id } = useIdentity();
  if (calls.length === 0)
    return <Empty icon={History} title={t("history.emptyTitle")} text={t("history.emptyText")} />;
  return (
    <ul className="divide-y divide-line">
      {calls.slice(0, 5).map((call) => {
        const { label, tone } = outcome(call);
        const lasted = callDuration(call);
        const Icon = call.audio_only ? Mic : Video;
        return (
          <li key={call.room_id} className="flex items-center gap-3 px-4 py-3.5 sm:px-5">
            <Icon aria-hidden className="size-5 shrink-0 text-faint" />
            <div className="min-w-0 flex-1">
              <p className="font-semibold">
                <Name>{counterpart(call, user_id)}</Name>
              </p>
              <p className="text-sm text-muted">
                <time dateTime={call.created_at}>{formatRecent(call.created_at, new Date())}</time>
                {lasted && <span className="whitespace-nowrap"> · {lasted}</span>}
              </p>
            </div>
            <Badge tone={tone}>{t(label)}</Badge>
          </li>
        );
      })}
    </ul>
  );
}
