import { expect, test } from "vitest";
import { t } from ".";
import { en } from "./en";
import { t as tStart } from "./start";
import { isTranslated, translate } from "./translation";

test("English is there from the beginning", () => {
  expect(isTranslated()).toBe(true);
  expect(t("nav.signOut")).toBe("Sign out");
});

test("what is loaded is said everywhere", async () => {
  await translate(async () => ({
    ...en,
    common: { ...en.common, cancel: "Anuluj" },
    provider: {
      ...en.provider,
      onlineCount: { one: "{count} pacjent", few: "{count} pacjenci", other: "{count} pacjentów" },
    },
  }));
  expect(t("common.cancel")).toBe("Anuluj");
  expect(tStart("common.cancel")).toBe("Anuluj");
  expect(t("provider.onlineCount", { count: 1 })).toBe("1 pacjent");
});

test("what cannot be loaded is said in English", async () => {
  await translate(() => Promise.reject(new Error("no network")));
  expect(t("common.cancel")).toBe("Cancel");
});
