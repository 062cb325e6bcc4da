import { expect, test } from "vitest";
import { putBack } from "./written";

test("a line that could not be sent is back, with what was typed meanwhile", () => {
  expect(putBack("Rang 112.", "")).toBe("Rang 112.");
  expect(putBack("Rang 112.", "They come.")).toBe("Rang 112. They come.");
});
