import { start } from "./en/start";
import { language } from "./language";
import { type MessageKey as Keys, translator } from "./translate";
import { translation } from "./translation";

export type MessageKey = Keys<typeof start>;

/**
 * As `t` of all words, for what signing in needs: whoever signs in is not sent the words of every
 * page.
 */
export const t = translator<typeof start>(() => translation ?? start, language);
