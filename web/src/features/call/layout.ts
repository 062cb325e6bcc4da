/** Where the tiles of a call stand when somebody shares a screen. Pure; sizes in px. */

import type { Size } from "../../shared/ui/grid";

/** The share of the longer side that tiles beside a shared screen take. */
const BESIDE = 0.24;
const BELOW = 0.4;

/** The space of the tiles, and whether they stand beside the shared screen or below it. */
export function spaceBeside(stage: Size): { place: "beside" | "below"; space: Size } {
  return stage.width > stage.height
    ? { place: "beside", space: { ...stage, width: stage.width * BESIDE } }
    : { place: "below", space: { ...stage, height: stage.height * BELOW } };
}
