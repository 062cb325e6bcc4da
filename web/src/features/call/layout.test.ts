import { expect, it } from "vitest";
import { gridOf } from "../../shared/ui/grid";
import { spaceBeside } from "./layout";

const DESKTOP = { width: 1248, height: 648 };
const PHONE = { width: 390, height: 650 };

it("puts tiles beside a shared screen where there is width, else below it", () => {
  expect(spaceBeside(DESKTOP).place).toBe("beside");
  expect(spaceBeside(PHONE).place).toBe("below");
  expect(gridOf(6, spaceBeside(DESKTOP).space).columns).toBe(1);
  expect(gridOf(6, spaceBeside(PHONE).space)).toEqual({ columns: 3, rows: 2 });
});
