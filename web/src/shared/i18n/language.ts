import { LANGUAGES } from "./languages";

const KEY = "carelay.language";
const DEFAULT = "en";

/** What the pages can be read in. */
export const available: readonly string[] = [DEFAULT, ...Object.keys(LANGUAGES)];

/**
 * The first of the wanted languages that there is: "de-AT" itself, else "de"; the other one, if
 * there is none.
 */
export function bestOf(
  wanted: readonly string[],
  known: readonly string[],
  otherwise = DEFAULT,
): string {
  for (const tag of wanted) {
    const parts = tag.split("-");
    for (let length = parts.length; length > 0; length--) {
      const shorter = parts.slice(0, length).join("-").toLowerCase();
      const found = known.find((each) => each.toLowerCase() === shorter);
      if (found !== undefined) return found;
    }
  }
  return otherwise;
}

function chosen(): string[] {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === null ? [] : [kept];
  } catch {
    return []; // no storage here
  }
}

/**
 * For this browser from now on; the page begins anew, for words are in it that were said before.
 */
export function chooseLanguage(tag: string): void {
  try {
    localStorage.setItem(KEY, tag);
  } catch {
    return; // what cannot be kept would be forgotten by the new page
  }
  location.reload();
}

const ofBrowser = typeof navigator === "undefined" ? [] : (navigator.languages ?? []);

/** What the reader reads, by preference: chosen here, then the browser's. */
export const wanted: readonly string[] = [...chosen(), ...ofBrowser];

/** BCP 47 tag of the language of the pages. Dates and numbers follow it. */
export const language = bestOf(wanted, available);
