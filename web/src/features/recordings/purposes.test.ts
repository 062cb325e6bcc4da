import { expect, test } from "vitest";
import { whyWords } from "./purposes";

test("an entry of the log says why a recording was opened, if it knows", () => {
  expect(whyWords({ detail: { purpose_of_event: "PATRQT" } })).toBe("The patient asked for it");
  expect(whyWords({ detail: { purpose_of_event: "HOPERAT", reason: "Sound test" } })).toBe(
    "Other: Sound test",
  );
  expect(whyWords({ detail: { purpose_of_event: "WHATEVER" } })).toBe("");
  expect(whyWords({ detail: {} })).toBe("");
});
