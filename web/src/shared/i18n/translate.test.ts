import { expect, test } from "vitest";
import { translator } from "./translate";

const t = translator(
  {
    plain: "Hello {name}",
    nested: { deep: { count: { one: "{count} call", other: "{count} calls" } } },
  } as const,
  "en",
);

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
