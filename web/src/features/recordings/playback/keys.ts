import type { KeyboardEvent } from "react";

export const SKIP_MS = 10_000;

export interface Actions {
  toggle: () => void;
  /** By so many ms, negative is back. */
  seek: (by: number) => void;
}

/**
 * Keys of every player: Space or K plays and pauses, the arrows skip. What has keys of its own
 * keeps them.
 */
export function pressed(event: KeyboardEvent<HTMLElement>, { toggle, seek }: Actions): void {
  const { key, target, currentTarget } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!(target instanceof Element) || !currentTarget.contains(target)) return;
  const own = target.closest("input, [role=listbox], [aria-haspopup=listbox]") !== null;
  if (own) return;
  if (key === "k" || (key === " " && target.closest("button") === null)) toggle();
  else if (key === "ArrowLeft") seek(-SKIP_MS);
  else if (key === "ArrowRight") seek(SKIP_MS);
  else return;
  event.preventDefault(); // Space does not scroll the page
}
