import { describe, expect, it } from "vitest";
import { beginning, gridOf } from "./grid";

const DESKTOP = { width: 1248, height: 648 };
const PHONE = { width: 390, height: 650 };
const columns = (space: typeof DESKTOP) =>
  [2, 3, 4, 5, 6].map((tiles) => gridOf(tiles, space).columns);

describe("the grid", () => {
  it("is two by two up to four and three by two up to six where there is width", () => {
    expect(columns(DESKTOP)).toEqual([2, 2, 2, 3, 3]);
  });

  it("is one column up to four and two up to six on a phone", () => {
    expect(columns(PHONE)).toEqual([1, 1, 1, 2, 2]);
  });

  it("has room for everybody", () => {
    for (let tiles = 1; tiles <= 6; tiles++) {
      for (const space of [
        DESKTOP,
        PHONE,
        { width: 256, height: 176 },
        { width: 844, height: 250 },
      ]) {
        const grid = gridOf(tiles, space);
        expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(tiles);
      }
    }
  });

  it("puts a last row that is not full into the middle", () => {
    const grid = { columns: 3, rows: 2 };
    expect([0, 1, 2, 3, 4].map((index) => beginning(index, 5, grid))).toEqual([1, 3, 5, 2, 4]);
    expect(beginning(2, 3, { columns: 2, rows: 2 })).toBe(2);
  });
});
