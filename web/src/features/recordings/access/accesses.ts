/** Accesses in an emergency, as a page keeps them: what waits for a review first. */

import type { BreakGlassAccess } from "../../../shared/api/schema";

/** With one that was heard of, new or reviewed. */
export function putAccess(
  accesses: readonly BreakGlassAccess[],
  heard: BreakGlassAccess,
): BreakGlassAccess[] {
  const others = accesses.filter(({ access_id }) => access_id !== heard.access_id);
  const waiting = others.filter(isWaiting);
  return [...waiting, heard, ...others.filter((access) => !isWaiting(access))];
}

/** Nobody has reviewed it. */
export const isWaiting = ({ reviewed_at }: BreakGlassAccess): boolean => reviewed_at === null;
