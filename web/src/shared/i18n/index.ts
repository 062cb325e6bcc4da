import { en } from "./en";
import { language } from "./language";
import { type MessageKey as Keys, translator } from "./translate";
import { translation } from "./translation";

export type MessageKey = Keys<typeof en>;

/** `t("signIn.title")`, `t("history.minutes", { count: 3 })`. The keys are typed from i18n/en. */
export const t = translator<typeof en>(() => translation ?? en, language);
