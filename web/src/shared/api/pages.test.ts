import { expect, test } from "vitest";
import { beginning } from "./pages";

const LIST = ["a", "b", "c", "d", "e"];

/** Two at a time. */
async function page(cursor: string | null) {
  const from = Number(cursor ?? 0);
  const next = from + 2 < LIST.length ? String(from + 2) : null;
  return { items: LIST.slice(from, from + 2), next };
}

test("a list is fetched as far as it is asked for", async () => {
  expect(await beginning(page, 2)).toEqual({
    items: ["a", "b", "c", "d"],
    pages: 2,
    isWhole: false,
  });
});

test("and to its end, if that comes first", async () => {
  expect(await beginning(page, 9)).toEqual({ items: LIST, pages: 9, isWhole: true });
});

test("a page that fails fails the whole: what is missing in the middle would not be noticed", async () => {
  const broken = (cursor: string | null) =>
    cursor === null ? page(cursor) : Promise.reject(new Error("no network"));
  await expect(beginning(broken, 2)).rejects.toThrow("no network");
});
