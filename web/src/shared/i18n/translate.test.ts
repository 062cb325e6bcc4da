import { expect, test } from "vitest";
import { messagesOf, type Plural, type Translation, translator } from "./translate";

const words = {
  plain: "Hello {name}",
  nested: { deep: { count: { one: "{count} call", other: "{count} calls" } } },
} as const;

const t = translator<typeof words>(() => words, "en");

/** The same words, with the plurals of another language. */
function inLanguage(language: string, count: Plural) {
  const translated: Translation<typeof words> = { plain: "{name}", nested: { deep: { count } } };
  const say = translator<typeof words>(() => translated, language);
  return (value: number) => say("nested.deep.count", { count: value }).replace(/^\P{Letter}+/u, "");
}

test("fills placeholders, and leaves those without a value to be seen", () => {
  expect(t("plain", { name: "Sam" })).toBe("Hello Sam");
  expect(t("plain")).toBe("Hello {name}");
});

test("picks the plural form and writes numbers as the language does", () => {
  expect(t("nested.deep.count", { count: 1 })).toBe("1 call");
  expect(t("nested.deep.count", { count: 0 })).toBe("0 calls");
  expect(t("nested.deep.count", { count: 1200 })).toBe("1,200 calls");
});

test("a value that looks like a placeholder is not filled again", () => {
  expect(t("plain", { name: "{name}" })).toBe("Hello {name}");
});

test("a name from right to left does not turn the words around it", () => {
  expect(t("plain", { name: "אילה" })).toBe("Hello \u2068אילה\u2069");
  expect(t("plain", { name: "王小明" })).toBe("Hello 王小明");
});

test("each plural category of a language has its form", () => {
  const polish = inLanguage("pl", {
    one: "{count} rozmowa",
    few: "{count} rozmowy",
    many: "{count} rozmów",
    other: "{count} rozmowy",
  });
  expect([0, 1, 2, 4, 5, 12, 22, 112, 1.5].map(polish)).toEqual([
    "rozmów",
    "rozmowa",
    "rozmowy",
    "rozmowy",
    "rozmów",
    "rozmów",
    "rozmowy",
    "rozmów",
    "rozmowy",
  ]);
  const arabic = inLanguage("ar", {
    zero: "لا مكالمات",
    one: "مكالمة واحدة",
    two: "مكالمتان",
    few: "{count} مكالمات",
    many: "{count} مكالمة",
    other: "{count} مكالمة",
  });
  expect([0, 1, 2, 3, 10, 11, 100].map(arabic)).toEqual([
    "لا مكالمات",
    "مكالمة واحدة",
    "مكالمتان",
    "مكالمات",
    "مكالمات",
    "مكالمة",
    "مكالمة",
  ]);
});

test("a form that a translation lacks is its `other`", () => {
  expect(inLanguage("pl", { other: "{count} rozmów" })(2)).toBe("rozmów");
});

test("a message is looked up in what has been loaded by then", () => {
  const loaded: { words: Translation<typeof words> } = { words };
  const say = translator<typeof words>(() => loaded.words, "de");
  expect(say("plain", { name: "Sam" })).toBe("Hello Sam");
  loaded.words = { ...words, plain: "Hallo {name}" };
  expect(say("plain", { name: "Sam" })).toBe("Hallo Sam");
});

test("the keys of a dictionary end at messages, plural ones too", () => {
  const all = messagesOf({ ...words, state: { own: "", other: "" } });
  expect([...all.keys()]).toEqual(["plain", "nested.deep.count", "state.own", "state.other"]);
});
