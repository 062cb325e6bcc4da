/** What is wrong with a translation, for whoever writes one. */

import { type Dictionary, messagesOf, type Plural } from "./translate";

/**
 * Messages that are missing or that nobody says, plural forms that the language has and a message
 * has not, placeholders that are not those of the original. Empty: it is whole.
 */
export function flawsOf(tag: string, words: Dictionary, original: Dictionary): string[] {
  const [said, needed] = [messagesOf(words), messagesOf(original)];
  const unknown = [...said.keys()].filter((key) => !needed.has(key));
  return [
    ...unknown.map((key) => `${key} is not among the messages`),
    ...[...needed].flatMap(([key, model]) => {
      const message = said.get(key);
      return message === undefined
        ? [`${key} is missing`]
        : [...lackingForms(tag, message, model), ...otherPlaceholders(message, model)].map(
            (flaw) => `${key} ${flaw}`,
          );
    }),
  ];
}

function lackingForms(tag: string, message: string | Plural, model: string | Plural): string[] {
  if (typeof model === "string") return typeof message === "string" ? [] : ["is no plural"];
  if (typeof message === "string") return ["is a plural"];
  const { pluralCategories } = new Intl.PluralRules(tag).resolvedOptions();
  // Where English says the same of each number, so may others.
  const wanted = Object.keys(model).length === 1 ? ["other" as const] : pluralCategories;
  return wanted.filter((form) => message[form] === undefined).map((form) => `lacks "${form}"`);
}

/** A form may do without its number: "two calls" is a word in some languages. */
function otherPlaceholders(message: string | Plural, model: string | Plural): string[] {
  const [used, needed] = [placeholdersOf(message), placeholdersOf(model)];
  return [
    ...[...used].filter((name) => !needed.has(name)).map((name) => `cannot say {${name}}`),
    ...[...needed].filter((name) => !used.has(name)).map((name) => `does not say {${name}}`),
  ];
}

function placeholdersOf(message: string | Plural): Set<string> {
  const forms = typeof message === "string" ? [message] : Object.values(message);
  return new Set(
    forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, it = ""]) => it)),
  );
}
