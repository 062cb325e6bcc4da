import type { GuestStay } from "../../shared/api/schema";
import type { MessageKey } from "../../shared/i18n";

/** What is said of a link that does not let in: a title, and what to do. */
export interface Told {
  title: MessageKey;
  text: MessageKey;
}

/** `opens`: from when on it does, as a time stamp. */
export function told(standing: GuestStay["standing"], opens: number, now: Date): Told {
  if (standing === "open" || standing === "early") {
    const sameDay = new Date(opens).toDateString() === now.toDateString();
    return sameDay
      ? { title: "join.early", text: "join.earlyText" }
      : { title: "join.otherDay", text: "join.otherDayText" };
  }
  return { title: `join.${standing}`, text: `join.${standing}Text` };
}
