/**
 * Who stands where on the stage of a call. Whatever is large, everybody else stays in sight: an
 * interpreter, without whom somebody understands nothing, before all. Pure; sizes in px.
 */
import type { Side } from "../../shared/api/signaling/messages";
import { beginning, gridOf, type Size } from "../../shared/ui/grid";
import type { Layout } from "./core/layout";

/** The places that are nobody else's. */
export const SCREEN = "screen";
export const SELF = "self";

export interface Cast {
  readonly layout: Layout;
  /** Everybody else, in their order. */
  readonly people: readonly { readonly user_id: string; readonly role: Side }[];
  readonly withSelf: boolean;
  readonly withScreen: boolean;
  /** Whom this user wants to see large; null: nobody in particular. */
  readonly spotlight: string | null;
  /** Who has spoken, the last one first. */
  readonly heard: readonly string[];
}

export interface Arrangement {
  readonly large: readonly string[];
  readonly small: readonly string[];
}

export function arrange(cast: Cast): Arrangement {
  const { people, withSelf } = cast;
  const ids = people.map(({ user_id }) => user_id);
  const interpreters = ids.filter((_, at) => people[at]?.role === "interpreter");
  const all = [...new Set([...interpreters, ...ids]), ...(withSelf ? [SELF] : [])];
  const wished = wishes(cast, ids);
  const order = cast.layout === "side" ? [...wished, ...interpreters] : wished;
  const candidates = new Set([
    ...order,
    ...cast.heard.filter((id) => ids.includes(id)),
    ...ids,
    ...(withSelf ? [SELF] : []),
  ]);
  const large = [...candidates].slice(0, Math.max(wished.length, LARGE[cast.layout]));
  // Nobody small beside them: two people side by side are a grid of two.
  return { large, small: all.filter((id) => !large.includes(id)) };
}

const LARGE: Readonly<Record<Layout, number>> = { speaker: 1, grid: 0, side: 2 };

function wishes({ withScreen, spotlight }: Cast, ids: readonly string[]): string[] {
  return [
    ...(withScreen ? [SCREEN] : []),
    ...(spotlight !== null && ids.includes(spotlight) ? [spotlight] : []),
  ];
}

/** Who has spoken, once somebody speaks: as before, if nobody does. */
export function heardNow(heard: readonly string[], speaker: string | null): readonly string[] {
  if (speaker === null || heard[0] === speaker) return heard;
  return [speaker, ...heard.filter((id) => id !== speaker)];
}

/** The share of a side that small tiles take beside or below what is large. */
const BESIDE = 0.24;
const BELOW_FEW = 0.28;
const BELOW = 0.4;
/** With less height, two that stand side by side leave nothing below them. */
const ROOM_BELOW_PX = 400;

/** The space of the small tiles, and whether they stand beside what is large or below it. */
export function spaceBeside(
  stage: Size,
  { large, small }: { large: number; small: number },
): { place: "beside" | "below"; space: Size } {
  const isWide = stage.width > stage.height;
  if (isWide && (large < 2 || stage.height < ROOM_BELOW_PX))
    return { place: "beside", space: { ...stage, width: stage.width * BESIDE } };
  const part = isWide || small < 3 ? BELOW_FEW : BELOW;
  return { place: "below", space: { ...stage, height: stage.height * part } };
}

export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function placesOf(
  { large, small }: Arrangement,
  stage: Size,
  gap: number,
): ReadonlyMap<string, Place> {
  const [all, inner] = [{ left: gap, top: gap }, within(stage, 2 * gap)];
  if (large.length === 0 || small.length === 0)
    return new Map(gridded([...large, ...small], all, inner, gap));
  const counts = { large: large.length, small: small.length };
  const { place, space } = spaceBeside(inner, counts);
  const rest =
    place === "beside"
      ? { ...inner, width: inner.width - space.width - gap }
      : { ...inner, height: inner.height - space.height - gap };
  const beside =
    place === "beside"
      ? { left: gap + rest.width + gap, top: gap }
      : { left: gap, top: gap + rest.height + gap };
  const longest = place === "below" ? { width: WIDEST } : { height: TALLEST };
  return new Map([
    ...gridded(large, all, rest, gap),
    ...gridded(small, beside, space, gap, longest),
  ]);
}

/** Of a small tile, where few have the whole length of the stage: as parts of its other side. */
const WIDEST = 16 / 9;
const TALLEST = 5 / 4;

interface Longest {
  readonly width?: number;
  readonly height?: number;
}

function within({ width, height }: Size, less: number): Size {
  return { width: Math.max(0, width - less), height: Math.max(0, height - less) };
}

function gridded(
  ids: readonly string[],
  { left, top }: { left: number; top: number },
  space: Size,
  gap: number,
  longest: Longest = {},
): [string, Place][] {
  const grid = gridOf(ids.length, space);
  const width = (space.width + gap) / grid.columns - gap;
  const height = (space.height + gap) / grid.rows - gap;
  const wide = gap + Math.min(width, height * (longest.width ?? Number.POSITIVE_INFINITY));
  const high = gap + Math.min(height, width * (longest.height ?? Number.POSITIVE_INFINITY));
  const before = (space.width + gap - wide * grid.columns) / 2;
  const above = (space.height + gap - high * grid.rows) / 2;
  return ids.map((id, index) => [
    id,
    {
      left: left + before + ((beginning(index, ids.length, grid) - 1) / 2) * wide,
      top: top + above + Math.floor(index / grid.columns) * high,
      width: wide - gap,
      height: high - gap,
    },
  ]);
}
