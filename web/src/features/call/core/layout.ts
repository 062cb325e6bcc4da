/** How the people of a call can be shown. Pure. */
export const LAYOUTS = ["speaker", "grid", "side"] as const;
export type Layout = (typeof LAYOUTS)[number];

export function layoutOf(value: unknown): Layout | null {
  return LAYOUTS.find((each) => each === value) ?? null;
}

/** What is shown where nothing was chosen: one other person is large, several stand in a grid. */
export function layoutFor(chosen: Layout | null, others: number): Layout {
  return chosen ?? (others < 2 ? "speaker" : "grid");
}
