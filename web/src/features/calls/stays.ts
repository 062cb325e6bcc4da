/** Who was invited to a call while it ran, and what became of it, in words. */

import type { Call, CallGuest } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatTime } from "../../shared/i18n/format";

/** The names of those who came, each once. */
export function cameNames({ guests }: Pick<Call, "guests">): string[] {
  return [...new Set(guests.filter(({ joined_at }) => joined_at).map(({ name }) => name))];
}

/** "10:05 AM to 10:22 AM · left", or "invited at 10:05 AM · declined". */
export function stayWords(guest: CallGuest): string {
  const reason = reasonWords(guest);
  return reason === null ? timeWords(guest) : `${timeWords(guest)} · ${reason}`;
}

function timeWords({ invited_at, joined_at, left_at }: CallGuest): string {
  if (!joined_at) return t("guests.invitedAt", { at: formatTime(invited_at) });
  const from = formatTime(joined_at);
  return left_at
    ? t("guests.there", { from, to: formatTime(left_at) })
    : t("guests.since", { from });
}

function reasonWords({ joined_at, left_reason: reason }: CallGuest): string | null {
  switch (reason) {
    case "left":
      return t("guests.came.left");
    case "declined":
    case "missed":
      return t(`guests.never.${reason}`);
    case "removed":
    case "call_ended":
      return t(joined_at ? `guests.came.${reason}` : `guests.never.${reason}`);
    default:
      return null;
  }
}
