import type { Role } from "../../shared/api/role";
import type { RecordingAccess } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDateTime } from "../../shared/i18n/format";

const ROLES: readonly string[] = [
  "patient",
  "provider",
  "compliance",
  "ops",
  "admin",
] satisfies Role[];

/** Who has opened a recording, when and why. */
export function Accesses({ accesses }: { accesses: readonly RecordingAccess[] }) {
  if (accesses.length === 0) return <p className="mt-1 text-muted">{t("ownRecordings.nobody")}</p>;
  return (
    <details className="mt-2">
      <summary className="inline-flex min-h-9 cursor-pointer items-center font-semibold text-accent-ink">
        {t("ownRecordings.opened", { count: accesses.length })}
      </summary>
      <ul className="mt-1 divide-y divide-line">
        {accesses.map((access) => (
          <li
            key={`${access.at} ${access.action}`}
            className="flex flex-wrap justify-between gap-x-6 gap-y-0.5 py-2.5"
          >
            <div className="min-w-0 wrap-anywhere">
              <p>{t(`ownRecordings.access.${verb(access)}`, { who: who(access) })}</p>
              {access.reason !== null && (
                <p className="text-sm text-muted">
                  {t("ownRecordings.reason", { reason: access.reason })}
                </p>
              )}
            </div>
            <time dateTime={access.at} className="text-sm text-muted tabular-nums">
              {formatDateTime(access.at)}
            </time>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** With the role that they had then. */
function who({ actor_name, actor_role }: RecordingAccess): string {
  if (actor_name === null) return t("ownRecordings.operator");
  if (actor_role === null || !ROLES.includes(actor_role)) return actor_name;
  return t("ownRecordings.person", { name: actor_name, role: t(`roles.${actor_role as Role}`) });
}

function verb({
  action,
}: RecordingAccess): "viewed" | "played" | "broken" | "downloaded" | "exported" | "still" {
  switch (action) {
    case "recording.played":
      return "played";
    case "recording.break_glass":
      return "broken";
    case "recording.downloaded":
    case "recording.export_downloaded":
      return "downloaded";
    case "recording.exported":
      return "exported";
    case "recording.still_taken":
      return "still";
    default:
      return "viewed";
  }
}
