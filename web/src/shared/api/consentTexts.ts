import { bestOf, wanted } from "../i18n/language";
import type { ConsentText, ShownText } from "./schema";

/** What this reader is asked to agree to, of a text in several languages. */
export function textForReader(
  texts: readonly ConsentText[],
  languages = wanted,
): ConsentText | undefined {
  const known = texts.map(({ language }) => language);
  const best = bestOf(languages, known, known[0]);
  return texts.find(({ language }) => language === best);
}

/** What the server is told of a text that was shown. */
export function shown({ id, version, language, sha256 }: ConsentText): ShownText {
  return { id, version, language, sha256 };
}
