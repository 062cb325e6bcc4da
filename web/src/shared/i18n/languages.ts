import type { en } from "./en";
import type { Translation } from "./translate";

/**
 * What the pages are written in besides English, by BCP 47 tag:
 * `pl: async () => (await import("./pl")).pl`. Whoever reads another language loads none of it. A
 * translation is whole, or the compiler refuses it.
 */
export const LANGUAGES: Readonly<Record<string, () => Promise<Translation<typeof en>>>> = {};
