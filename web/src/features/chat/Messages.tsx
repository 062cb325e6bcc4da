import { refusalWords } from "../../shared/api/refusals";
import type { ChatEntry } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatTime } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { classes } from "../../shared/ui/classes";
import { SentFile, type SentFileProps } from "./Files";
import type { Pending } from "./log";

const BUBBLE = "max-w-[85%] rounded-card px-3.5 py-2 wrap-anywhere whitespace-pre-wrap text-start";

export interface MessageProps extends Pick<SentFileProps, "fetch" | "erase"> {
  entry: ChatEntry;
  isOwn: boolean;
}

/** One that everybody in the call sees. */
export function Message({ entry, isOwn, fetch, erase }: MessageProps) {
  return (
    <li className={classes("flex flex-col", isOwn ? "items-end" : "items-start")}>
      <p className="mb-0.5 text-xs text-muted">
        <bdi className="font-semibold">{isOwn ? t("chat.you") : entry.author_name}</bdi>{" "}
        <time dateTime={entry.sent_at}>{formatTime(entry.sent_at)}</time>
      </p>
      {entry.file && <SentFile file={entry.file} fetch={fetch} erase={erase} />}
      {entry.text !== "" && (
        <p
          dir="auto"
          className={classes(BUBBLE, isOwn ? "bg-accent-subtle text-ink" : "bg-subtle text-ink")}
        >
          {entry.text ?? <em className="text-danger-ink">{t("chat.damaged")}</em>}
        </p>
      )}
    </li>
  );
}

/** One that the server has not kept yet. */
export function Unsent({ pending, onRetry }: { pending: Pending; onRetry: () => void }) {
  return (
    <li className="flex flex-col items-end">
      <p dir="auto" className={classes(BUBBLE, "bg-accent-subtle text-muted")}>
        {pending.text}
      </p>
      <p className="mt-0.5 flex items-center gap-2 text-xs text-muted">
        {pending.state === "sending" && t("chat.sending")}
        {pending.state === "waiting" && t("chat.waiting")}
        {pending.state === "failed" && (
          <>
            <span className="text-danger-ink">
              {t("chat.failed", { reason: pending.refusal ? refusalWords(pending.refusal) : "" })}
            </span>
            <Button size="small" variant="quiet" className="max-sm:min-h-11" onPress={onRetry}>
              {t("chat.again")}
            </Button>
          </>
        )}
      </p>
    </li>
  );
}
