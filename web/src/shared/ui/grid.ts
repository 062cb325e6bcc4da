/**
 * How tiles fill the space there is: as many columns as make the pictures largest. Pure; sizes in
 * px.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The part of a tile that matters for how large somebody looks in it: pictures are cropped to their
 * tile.
 */
const WIDEST = 16 / 9;
const NARROWEST = 1.1;

export function gridOf(tiles: number, space: Size): Grid {
  const grids = Array.from({ length: Math.max(1, tiles) }, (_, index) => ({
    columns: index + 1,
    rows: Math.ceil(Math.max(1, tiles) / (index + 1)),
  }));
  return grids.reduce((best, grid) =>
    pictureIn(grid, space) > pictureIn(best, space) ? grid : best,
  );
}

function pictureIn({ columns, rows }: Grid, space: Size): number {
  const [width, height] = [space.width / columns, space.height / rows];
  return Math.min(width, height * WIDEST) * Math.min(height, width / NARROWEST);
}

/**
 * Where a tile begins, in half columns counted from 1: a last row that is not full stands in the
 * middle.
 */
export function beginning(index: number, tiles: number, { columns, rows }: Grid): number {
  const row = Math.floor(index / columns);
  const inRow = row === rows - 1 ? tiles - row * columns : columns;
  return columns - inRow + 2 * (index % columns) + 1;
}
