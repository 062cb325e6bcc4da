import type { Person } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Badge } from "../../shared/ui/Badge";

/** What keeps somebody from signing in. */
export function PersonBadges({ person }: { person: Person }) {
  const { disabled, invited_until, has_password, of_platform } = person;
  if (disabled) return <Badge tone="bad">{t("people.disabled")}</Badge>;
  if (invited_until) {
    const counts = new Date(invited_until) > new Date();
    return (
      <Badge tone={counts ? "good" : "care"}>
        {t(counts ? "people.invited" : "people.invitationExpired")}
      </Badge>
    );
  }
  return has_password || of_platform ? null : <Badge>{t("people.noPassword")}</Badge>;
}
