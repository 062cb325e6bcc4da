import type { Role } from "../../shared/api/role";
import type { AuditEntry } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatExactTime } from "../../shared/i18n/format";
import { Badge } from "../../shared/ui/Badge";
import { Name } from "../../shared/ui/Name";
import { CELL, HEAD, NAME, ROW, TABLE } from "../../shared/ui/table";
import { actionWords } from "./actions";
import { whyWords } from "./purposes";

export function AccessLog({ entries }: { entries: readonly AuditEntry[] }) {
  if (entries.length === 0)
    return <p className="px-5 py-6 text-muted">{t("recording.accessEmpty")}</p>;
  return (
    <table className={TABLE}>
      <thead className="max-md:sr-only">
        <tr>
          <th className={HEAD}>{t("recording.when")}</th>
          <th className={HEAD}>{t("recording.what")}</th>
          <th className={HEAD}>{t("recording.who")}</th>
          <th className={HEAD}>{t("recording.address")}</th>
        </tr>
      </thead>
      <tbody>
        {newestFirst(entries).map((entry) => (
          <tr
            key={entry.id}
            className={`${ROW} max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-4 max-md:py-3`}
          >
            <td className={`${CELL} text-muted tabular-nums max-md:order-3 max-md:text-sm`}>
              <time dateTime={entry.at}>{formatExactTime(entry.at)}</time>
            </td>
            <td className={`${CELL} max-md:order-2 max-md:text-right`}>
              <Badge tone={/\.(denied|damaged)$/.test(entry.action) ? "bad" : "neutral"}>
                {actionWords(entry.action)}
              </Badge>
              {whyWords(entry) && (
                <span dir="auto" className="mt-1 block text-sm wrap-anywhere text-muted">
                  {whyWords(entry)}
                </span>
              )}
            </td>
            <td className={`${CELL} ${NAME}`}>
              <span className="flex items-baseline gap-1.5">
                <Name className="font-semibold">
                  {entry.actor_name ??
                    entry.actor_id ??
                    t(entry.actor_role ? "recording.unknownActor" : "recording.system")}
                </Name>
                {entry.actor_role && (
                  <span className="shrink-0 text-muted">· {roleWords(entry.actor_role)}</span>
                )}
              </span>
            </td>
            <td
              className={`${CELL} text-muted tabular-nums max-md:order-4 max-md:text-right max-md:text-sm`}
            >
              {entry.address ?? t("common.none")}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const newestFirst = (entries: readonly AuditEntry[]) => entries.toSorted((a, b) => b.id - a.id);

const ROLES: readonly string[] = [
  "patient",
  "provider",
  "compliance",
  "ops",
  "admin",
] satisfies Role[];

/** The log keeps roles as they were called when it was written. */
function roleWords(role: string): string {
  return ROLES.includes(role) ? t(`roles.${role as Role}`) : role;
}
