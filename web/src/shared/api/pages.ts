/** Lists that the server hands out in pages. */

export interface ListPage<Item> {
  items: readonly Item[];
  next: string | null | undefined;
}

/** A list from its beginning, as far as it was asked for. */
export interface Beginning<Item> {
  items: readonly Item[];
  /** That many were asked for. */
  pages: number;
  /** There is nothing beyond. */
  isWhole: boolean;
}

/** One page after the other: each names the next. */
export async function beginning<Item>(
  page: (cursor: string | null) => Promise<ListPage<Item>>,
  pages: number,
): Promise<Beginning<Item>> {
  const items: Item[] = [];
  let cursor: string | null = null;
  for (let fetched = 0; fetched < pages; fetched++) {
    const { items: more, next } = await page(cursor);
    items.push(...more);
    if (!next) return { items, pages, isWhole: true };
    cursor = next;
  }
  return { items, pages, isWhole: false };
}
