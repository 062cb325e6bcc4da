import { expect, test } from "vitest";
import type { OwnPlace } from "../../shared/api/schema";
import { askedAfter } from "./asked";

const asked: OwnPlace = {
  answer: null,
  address: "Unter den Linden 5",
  country: "DE",
  phone: "+491701234567",
  source: "record",
  hidden: false,
  countries: ["AT", "DE", "ES"],
};

test("what was said last is what is changed next", () => {
  const there = { address: "Calle Mayor 1", country: "ES", phone: null };
  expect(askedAfter(asked, { answer: "here", ...there })).toEqual({ ...asked, ...there });
  const nothing = { address: null, country: null, phone: null };
  const hidden = { ...asked, hidden: true };
  expect(askedAfter(hidden, { ...nothing, answer: "usual", country: "AT" })).toEqual({
    ...hidden,
    country: "AT",
  });
  expect(askedAfter(asked, { ...nothing, answer: "withheld" })).toBe(asked);
});
