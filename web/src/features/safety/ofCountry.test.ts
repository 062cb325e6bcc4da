import { expect, test } from "vitest";
import type { EmergencyNumbers } from "../../shared/api/schema";
import { ofCountry } from "./ofCountry";

const value: EmergencyNumbers = { country: "DE", numbers: [], countries: ["AT", "DE"] };
const load = { value, error: undefined, loading: false, reload: () => undefined };

test("the numbers of a country stand only under its name", () => {
  const error = new Error("no network");
  expect(ofCountry(load, "DE")?.value).toBe(value);
  expect(ofCountry({ ...load, error }, "DE")).toEqual(load);
  expect(ofCountry({ ...load, loading: true }, "AT")?.value).toBeUndefined();
  expect(ofCountry({ ...load, error }, "AT")).toBeNull();
  expect(ofCountry(load, null)).toBeNull();
});
