/**
 * How long to wait before the next attempt: doubling, capped, and jittered so that clients do not
 * return in step.
 */
export function backoffMs(attempt: number, random: number, firstMs = 500, capMs = 10_000): number {
  const ceiling = Math.min(capMs, firstMs * 2 ** attempt);
  return ceiling / 2 + (ceiling / 2) * random;
}
