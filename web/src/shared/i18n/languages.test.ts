import { afterEach, describe, expect, test, vi } from "vitest";
import { en } from "./en";
import { flawsOf } from "./flaws";
import { byTag, LANGUAGES, type Words } from "./languages";

/** Found as the languages of the pages are, but in another folder: each of them is one file. */
const TRIED = byTag(import.meta.glob<Words>("./fixtures/*.ts", { import: "default" }));

describe("a translation", () => {
  test("is whole in every language that the pages have", async () => {
    for (const [tag, load] of Object.entries(LANGUAGES)) {
      expect(flawsOf(tag, await load(), en), tag).toEqual([]);
    }
    expect(flawsOf("en", en, en)).toEqual([]);
  });

  test("that is not is told what it lacks", () => {
    const calls = { count: { one: "{count} call", other: "{count} calls" }, with: "with {name}" };
    const said = {
      count: { one: "{count} rozmowa", few: "{count} rozmowy", other: "{count} rozmowy" },
      with: "z {person}",
      nobody: "nikt",
    };
    expect(flawsOf("pl", { calls: said }, { calls, title: "Calls" })).toEqual([
      "calls.nobody is not among the messages",
      'calls.count lacks "many"',
      "calls.with cannot say {person}",
      "calls.with does not say {name}",
      "title is missing",
    ]);
  });

  test("may do without the number where a word says it", async () => {
    const said = await TRIED.ar?.();
    const told =
      said &&
      flawsOf(
        "ar",
        { it: said.provider.onlineCount },
        {
          it: en.provider.onlineCount,
        },
      );
    expect(told).toEqual([]);
  });
});

describe("one more file", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.doUnmock("./languages");
    vi.resetModules();
  });

  /** The words of a browser whose user prefers these languages, once they are loaded. */
  async function pagesFor(...languages: string[]) {
    vi.resetModules();
    vi.stubGlobal("navigator", { languages });
    vi.doMock("./languages", () => ({ LANGUAGES: TRIED }));
    const { isTranslated, translate } = await import("./translation");
    const before = isTranslated();
    await translate();
    const [{ language }, { t }, format] = await Promise.all([
      import("./language"),
      import("."),
      import("./format"),
    ]);
    return { before, after: isTranslated(), language, t, ...format };
  }

  test("is a language that pages are read in, with its plurals, numbers and dates", async () => {
    const polish = await pagesFor("pl-PL", "en");
    expect([polish.language, polish.before, polish.after]).toEqual(["pl", false, true]);
    expect(polish.t("provider.titlePlain")).toBe("Pacjenci");
    expect([1, 3, 5, 22, 1.5].map((count) => polish.t("recordings.count", { count }))).toEqual([
      "1 nagranie",
      "3 nagrania",
      "5 nagrań",
      "22 nagrania",
      "1,5 nagrania",
    ]);
    expect(polish.formatPercent(0.125)).toBe("12,5%");
    expect(polish.formatDuration(3_720_000)).toBe("1 godzina, 2 minuty");
    expect(polish.formatList(["Ala", "Jan", "Ewa"])).toBe("Ala, Jan i Ewa");
    const noon = "2026-03-20T12:00:00Z";
    expect(polish.formatAgo("2026-03-19T09:00:00Z", new Date(noon))).toBe("wczoraj");
    expect(polish.formatDateTime(noon)).toMatch(/^20 mar 2026/);
  });

  test("is one with six plural categories as well", async () => {
    const { t, language } = await pagesFor("ar-EG");
    expect(language).toBe("ar");
    const said = [0, 1, 2, 3, 11, 100].map((count) => t("provider.onlineCount", { count }));
    expect(said.map((words) => words.replace(/^\P{Letter}+/u, ""))).toEqual([
      "لا مرضى متصلون",
      "مريض واحد متصل",
      "مريضان متصلان",
      "مرضى متصلون",
      "مريضًا متصلًا",
      "مريض متصل",
    ]);
  });

  test("changes nothing for whoever reads English", async () => {
    const { t, language, before } = await pagesFor("en-GB", "pl");
    expect([language, before]).toEqual(["en", true]);
    expect(t("provider.onlineCount", { count: 2 })).toBe("2 patients online");
  });
});

test("each message with a number that a word goes with has plural forms", async () => {
  const { messagesOf } = await import("./translate");
  const numbered = [...messagesOf(en)].filter(([, message]) =>
    JSON.stringify(message).includes("{count}"),
  );
  expect(numbered.length).toBeGreaterThan(10);
  expect(numbered.filter(([, message]) => typeof message === "string")).toEqual([]);
});
