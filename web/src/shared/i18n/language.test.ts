import { expect, test } from "vitest";
import { bestOf } from "./language";

const KNOWN = ["en", "pl", "pt-BR", "zh-Hant"];

test.each([
  [["pl-PL", "en"], "pl"],
  [["fr-CH", "pl"], "pl"],
  [["PT-br"], "pt-BR"],
  [["zh-Hant-TW"], "zh-Hant"],
  [["pt-PT", "sv"], "en"],
  [["en-GB", "pl"], "en"],
  [[], "en"],
])("who reads %j is shown %s", (wanted, language) => {
  expect(bestOf(wanted, KNOWN)).toBe(language);
});
