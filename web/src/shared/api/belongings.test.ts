import { beforeEach, expect, test, vi } from "vitest";
import { belonging, keepFor, keepForNobody } from "./belongings";

/** As in a browser: what is kept are properties of it. */
class Storage {
  [key: string]: unknown;

  getItem(key: string): string | null {
    return (this[key] as string | undefined) ?? null;
  }
  setItem(key: string, text: string): void {
    this[key] = text;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

const ofAnna = () => belonging("anna", "note.room");

beforeEach(() => {
  vi.stubGlobal("sessionStorage", new Storage());
  sessionStorage.setItem("carelay.theme", "dark");
  keepFor("anna");
  ofAnna().put("hers");
});

test("it is there until it is removed", () => {
  expect(ofAnna().get()).toBe("hers");
  ofAnna().remove();
  expect(ofAnna().get()).toBeNull();
});

test("whoever signs in after an end that nobody asked for finds their own", () => {
  keepForNobody("expired");
  keepFor("anna");
  expect(ofAnna().get()).toBe("hers");
});

test.each([
  ["somebody signs out", () => keepForNobody("other")],
  ["somebody else signs in", () => keepFor("annabel")],
])("nothing is left, and nothing comes late, once %s", (_, happens) => {
  happens();
  expect(ofAnna().get()).toBeNull();
  ofAnna().put("late");
  expect(ofAnna().get()).toBeNull();
  expect(sessionStorage.getItem("carelay.theme")).toBe("dark");
});

test("a browser that keeps nothing is no error", () => {
  vi.stubGlobal("sessionStorage", undefined);
  ofAnna().put("hers");
  keepForNobody("other");
  expect(ofAnna().get()).toBeNull();
});
