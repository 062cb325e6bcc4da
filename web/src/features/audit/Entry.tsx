import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { api } from "../../shared/api/endpoints";
import type { ListedAuditEntry } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatExactTime } from "../../shared/i18n/format";
import { Badge } from "../../shared/ui/Badge";
import { Button } from "../../shared/ui/Button";
import type { Filter } from "./filter";
import { reason, repeats, sentence } from "./sentences";

export interface EntryProps {
  entry: ListedAuditEntry;
  /** Look for less: for what this entry has in common with others. */
  onNarrow: (more: Partial<Filter>) => void;
}

/** One event: what happened, and on demand all that was written of it. */
export function Entry({ entry, onNarrow }: EntryProps) {
  const { at, outcome, address } = entry;
  const why = reason(entry);
  const again = repeats(entry);
  return (
    <li className="px-4 py-3.5 sm:px-5">
      <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 md:grid-cols-[12rem_minmax(0,1fr)_auto]">
        <p className="text-sm text-muted tabular-nums max-md:order-2 max-md:col-span-2 md:row-span-2 md:pt-0.5">
          <time dateTime={at} className="md:block">
            {formatExactTime(at)}
          </time>{" "}
          {address && <span className="wrap-anywhere">{t("auditLog.at", { address })}</span>}
        </p>
        <div className="min-w-0 wrap-anywhere max-md:order-1">
          <p>{sentence(entry)}</p>
          {why !== null && (
            <p className="text-sm text-muted">{t("auditLog.reason", { reason: why })}</p>
          )}
          {again > 0 && (
            <p className="text-sm text-muted">{t("auditLog.repeated", { count: again })}</p>
          )}
        </div>
        <div className="max-md:order-1">
          {outcome !== "done" && (
            <Badge tone={outcome === "refused" ? "bad" : "care"}>
              {t(`auditLog.outcomes.${outcome}`)}
            </Badge>
          )}
        </div>
        <details className="col-span-full text-sm max-md:order-3 md:col-span-2 md:col-start-2">
          <summary className="inline-flex min-h-8 cursor-pointer items-center font-semibold text-accent-ink">
            {t("auditLog.details")}
          </summary>
          <Details entry={entry} onNarrow={onNarrow} />
        </details>
      </div>
    </li>
  );
}

function Details({ entry, onNarrow }: EntryProps) {
  const { actor_id, actor_name, address, call, recording_id, index } = entry;
  const narrower: [string, Partial<Filter>][] = [];
  if (actor_id) {
    const actor = { user_id: actor_id, name: actor_name ?? actor_id };
    narrower.push([t("auditLog.onlyActor", { name: actor.name }), { actor }]);
  }
  if (call) narrower.push([t("auditLog.onlyCall"), { room: call.room_id }]);
  if (recording_id) narrower.push([t("auditLog.onlyRecording"), { recording: recording_id }]);
  if (address) narrower.push([t("auditLog.onlyAddress", { address }), { address }]);
  return (
    <div className="mt-2 mb-1 flex flex-col gap-3">
      <dl className="grid grid-cols-1 gap-x-4 gap-y-1 sm:grid-cols-[9rem_minmax(0,1fr)]">
        <Fact name={t("auditLog.number")}>{entry.id}</Fact>
        <Fact name={t("auditLog.index")}>{index ?? t("auditLog.waiting")}</Fact>
        <Fact name={t("auditLog.action")}>{entry.action}</Fact>
        {entry.subject_id && (
          <Fact name={t("auditLog.subject")}>{`${entry.subject_type} ${entry.subject_id}`}</Fact>
        )}
        {actor_id && (
          <Fact name={t("auditLog.by")}>{[actor_id, entry.actor_role].join(" · ")}</Fact>
        )}
        {entry.user_agent && <Fact name={t("auditLog.browser")}>{entry.user_agent}</Fact>}
        <Fact name={t("auditLog.detail")}>
          <code className="font-mono text-[0.8125rem] whitespace-pre-wrap">
            {JSON.stringify(entry.detail, null, 2)}
          </code>
        </Fact>
      </dl>
      <div className="flex flex-wrap items-center gap-2">
        {narrower.map(([label, more]) => (
          <Button
            key={label}
            variant="secondary"
            size="small"
            className="max-w-full whitespace-normal"
            onPress={() => onNarrow(more)}
          >
            {label}
          </Button>
        ))}
        {index !== null && (
          <a
            href={api.auditProofUrl(entry.id)}
            download
            aria-label={t("auditLog.proofOf", { row: entry.id })}
            className="inline-flex min-h-9 items-center gap-2 px-2 font-semibold text-accent-ink underline-offset-4 hover:underline"
          >
            <Download aria-hidden className="size-4" />
            {t("auditLog.proof")}
          </a>
        )}
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 wrap-anywhere max-sm:mb-1">{children}</dd>
    </>
  );
}
