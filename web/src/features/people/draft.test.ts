import { expect, it } from "vitest";
import type { PatientRecord } from "../../shared/api/schema";
import { draftOf, recordOf } from "./draft";

const RECORD: PatientRecord = {
  user_id: "p",
  name: "Sam Lee",
  pronouns: "they/them",
  birth_date: "2008-02-29",
  language: "en-GB",
  time_zone: "Europe/London",
  phone: "+442079460000",
  email: "sam@example.org",
  contact: { name: "Kim", phone: "+442079460001", relationship: null },
  address: ["12 Long Lane", "London"],
};

it("sends back what it was given", () => {
  const { user_id: _, ...body } = RECORD;
  expect(recordOf(draftOf(RECORD))).toEqual(body);
});

it("sends nothing in place of what is empty", () => {
  expect(recordOf({ ...draftOf(null), name: " Sam ", address: "\n  \n" })).toEqual({
    name: "Sam",
    pronouns: null,
    birth_date: null,
    language: null,
    time_zone: null,
    phone: null,
    email: null,
    contact: null,
    address: [],
  });
});

it("takes telephone numbers as people write them", () => {
  const phone = (text: string) => recordOf({ ...draftOf(null), name: "Sam", phone: text }).phone;
  expect(phone("+1 (202) 555-0143")).toBe("+12025550143");
  expect(phone("0044 20 7946.0000")).toBe("+442079460000");
});

it("leaves it to the server to say that a contact lacks something", () => {
  const draft = { ...draftOf(null), name: "Sam", contactName: "Kim" };
  expect(recordOf(draft).contact).toEqual({ name: "Kim", phone: "", relationship: null });
});
