import type { CSSProperties, Ref } from "react";
import { classes } from "../../../shared/ui/classes";
import { beginning } from "../../../shared/ui/grid";
import { Tile, type TileProps } from "./Tile";
import { type Lane, segmentAt } from "./timeline";

export interface StageProps extends Omit<TileProps, "lane" | "className" | "style"> {
  lanes: readonly Lane[];
  ref?: Ref<HTMLDivElement>;
}

/**
 * All lanes in a room that keeps its size, whoever comes and goes: what is below it stays where it
 * is.
 */
export function Stage({ ref, lanes, position, ...tile }: StageProps) {
  const cameras = lanes.filter((lane) => lane.source === "camera");
  const screens = lanes.filter((lane) => lane.source === "screen");
  const sharing = screens.some((lane) => segmentAt(lane, position));
  return (
    <div
      ref={ref}
      style={shape(cameras.length, screens.length > 0)}
      className={stageClasses(sharing)}
    >
      {screens.map((lane) => (
        <Tile
          key={lane.key}
          lane={lane}
          position={position}
          {...tile}
          className={segmentAt(lane, position) ? "max-sm:col-span-full sm:row-span-full" : "hidden"}
        />
      ))}
      {cameras.map((lane, index) => (
        <Tile
          key={lane.key}
          lane={lane}
          position={position}
          {...tile}
          style={placeOf(index, cameras.length)}
          className={
            sharing
              ? "sm:col-start-2"
              : "[grid-column:var(--narrow-at)] sm:[grid-column:var(--wide-at)]"
          }
        />
      ))}
    </div>
  );
}

/** In half columns, so that a last row that is not full stands in the middle. */
function placeOf(index: number, tiles: number): CSSProperties {
  const at = (columns: number) =>
    `${beginning(index, tiles, { columns, rows: Math.ceil(tiles / columns) })} / span 2`;
  const { wide, narrow } = columnsOf(tiles);
  return { "--wide-at": at(wide), "--narrow-at": at(narrow) } as CSSProperties;
}

function columnsOf(tiles: number): { wide: number; narrow: number } {
  return { wide: tiles > 4 ? 3 : Math.min(2, Math.max(1, tiles)), narrow: tiles > 3 ? 2 : 1 };
}

/** As high as the pictures are at their widest, as long as the controls stay on the screen. */
function shape(cameras: number, screen: boolean): CSSProperties {
  const columns = columnsOf(cameras);
  const aspect = (across: number) =>
    `${16 * across} / ${9 * Math.ceil(Math.max(1, cameras) / across)}`;
  const wide = screen ? "16 / 9" : aspect(columns.wide);
  const narrow = screen ? "8 / 9" : aspect(columns.narrow);
  const [rowsWide, rowsNarrow] = [Math.max(1, cameras), Math.max(1, Math.ceil(cameras / 2))];
  return {
    "--wide": wide,
    "--narrow": narrow,
    "--columns": 2 * columns.wide,
    "--narrow-columns": 2 * columns.narrow,
    "--beside": rowsWide,
    "--below": rowsNarrow,
  } as CSSProperties;
}

const STAGE =
  "grid aspect-(--narrow) max-h-[max(12rem,calc(100dvh-24rem))] w-full group-data-full/player:max-h-[calc(100dvh-9rem)] gap-2 p-2 sm:aspect-(--wide) sm:gap-3 sm:p-3";

function stageClasses(sharing: boolean): string {
  return classes(
    STAGE,
    sharing
      ? "grid-cols-2 grid-rows-[minmax(0,2fr)_repeat(var(--below),minmax(0,1fr))] sm:grid-cols-[minmax(0,1fr)_minmax(0,14rem)] sm:grid-rows-[repeat(var(--beside),minmax(0,1fr))]"
      : "auto-rows-fr grid-cols-[repeat(var(--narrow-columns),minmax(0,1fr))] sm:grid-cols-[repeat(var(--columns),minmax(0,1fr))]",
  );
}
