import type { Person } from "../api/schema";
import { t } from "../i18n";
import { formatDay } from "../i18n/format";

/** What tells somebody apart from whoever has the same name. */
export function tellApart(person: Pick<Person, "birth_date" | "email">): string {
  const born = person.birth_date && t("people.born", { date: formatDay(person.birth_date) });
  return [born, person.email].filter(Boolean).join(" · ");
}
