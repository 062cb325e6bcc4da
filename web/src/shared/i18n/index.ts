import { en } from "./en";
import { type MessageKey as Keys, translator } from "./translate";

/** BCP 47 tag of the language of the pages; dates and numbers follow it too. */
export const language = "en";

export type MessageKey = Keys<typeof en>;

/** `t("login.title")`, `t("history.minutes", { count: 3 })`. The keys are typed from i18n/en. */
export const t = translator(en, language);
