import { expect, test } from "vitest";
import { initials } from "./initials";

test("first and last name count, titles do not", () => {
  expect(initials("Dr. Elena Rivera")).toBe("ER");
  expect(initials("Anna Maria de la Cruz")).toBe("AC");
  expect(initials("admin")).toBe("A");
  expect(initials("Casey Nguyen (compliance)")).toBe("CN");
  expect(initials("")).toBe("");
});
