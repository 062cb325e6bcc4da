import { expect, test } from "vitest";
import { textForReader } from "./consentTexts";
import type { ConsentText } from "./schema";

const texts = ["en", "de", "pt-BR"].map(
  (language): ConsentText => ({ id: "a", version: "1", language, sha256: "", text: language }),
);

test("the text is in the reader's language, else the first one", () => {
  expect(textForReader(texts, ["fr", "de-AT"])?.text).toBe("de");
  expect(textForReader(texts, ["pt-BR"])?.text).toBe("pt-BR");
  expect(textForReader(texts, ["fr"])?.text).toBe("en");
  expect(textForReader(texts.slice(1), ["en"])?.text).toBe("de");
  expect(textForReader([], ["en"])).toBeUndefined();
});
