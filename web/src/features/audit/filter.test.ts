import { expect, test } from "vitest";
import { asked, NO_FILTER } from "./filter";

test("what does not matter is not asked for", () => {
  expect(asked(NO_FILTER)).toEqual({});
});

test("both days are included, from midnight to midnight where the reader is", () => {
  const { begin, end } = asked({ ...NO_FILTER, from: "2026-03-28", to: "2026-03-31" });
  expect(new Date(begin ?? "")).toEqual(new Date(2026, 2, 28));
  expect(new Date(end ?? "")).toEqual(new Date(2026, 3, 1));
});

test("people are asked for by their ids", () => {
  const person = { user_id: "p1", name: "Alex Morgan" };
  expect(asked({ ...NO_FILTER, actor: person, person, group: "access" })).toEqual({
    actor_id: "p1",
    person_id: "p1",
    group: "access",
  });
});
