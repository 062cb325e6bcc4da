import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { en } from "./en";
import { type Dictionary, messagesOf } from "./translate";

const SOURCES = new URL("../../", import.meta.url);

/**
 * What could name a message anywhere in the pages: `"signIn.title"` itself, or a pattern of
 * `roles.${role}`.
 */
function named(): { keys: Set<string>; patterns: RegExp[] } {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter(
      (path) =>
        /\.tsx?$/.test(path) &&
        !/\.test\.ts$|i18n\/(en|fixtures|languages)\/|schema\.d\.ts$/.test(path),
    )
    .map((path) => readFileSync(new URL(path, SOURCES), "utf8"));
  const found = (literal: RegExp) =>
    files.flatMap((text) => [...text.matchAll(literal)].map(([, it = ""]) => it));
  return {
    keys: new Set(found(/"([\w.]+)"/g)),
    patterns: found(/`((?:[\w.]|\$\{[^{}`]*\})+)`/g)
      .filter((template) => /\w\./.test(template) && template.includes("${"))
      .map(
        (template) =>
          new RegExp(`^${template.replaceAll(".", "\\.").replace(/\$\{[^}]*\}/g, "\\w+")}$`),
      ),
  };
}

test("each message is shown somewhere", () => {
  const { keys, patterns } = named();
  const all = [...messagesOf(en as Dictionary).keys()];
  expect(all.length).toBeGreaterThan(400);
  expect(
    all.filter((key) => !keys.has(key) && !patterns.some((pattern) => pattern.test(key))),
  ).toEqual([]);
});
