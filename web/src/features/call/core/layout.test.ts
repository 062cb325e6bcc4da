import { expect, it } from "vitest";
import { layoutFor, layoutOf } from "./layout";

it("is a grid for several and one large for two, until something is chosen", () => {
  expect(layoutFor(null, 1)).toBe("speaker");
  expect(layoutFor(null, 2)).toBe("grid");
  expect(layoutFor("side", 5)).toBe("side");
  expect(layoutOf("side")).toBe("side");
  for (const rubbish of [undefined, null, 1, "SIDE", {}]) expect(layoutOf(rubbish)).toBeNull();
});
