import type { en } from "./en";
import { language } from "./language";
import { LANGUAGES } from "./languages";
import type { Translation } from "./translate";

/** The words of the reader's language as soon as they are loaded; none where that is English. */
export let translation: Translation<typeof en> | undefined;

export const isTranslated = (): boolean => !(language in LANGUAGES) || translation !== undefined;

/** Nothing is said before this; what cannot be loaded is said in English. */
export async function translate(load = LANGUAGES[language]): Promise<void> {
  translation = await load?.().catch(() => undefined);
}
