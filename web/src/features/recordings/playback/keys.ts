import type { KeyboardEvent } from "react";

export const SKIP_MS = 10_000;

export interface Actions {
  toggle: () => void;
  /** None where the player cannot fill the screen. */
  toggleFull: (() => void) | null;
  /** By so many ms, negative is back. */
  seek: (by: number) => void;
  /** To the next event, or to the previous one. */
  step: (direction: 1 | -1) => void;
  still: () => void;
}

/**
 * Keys of every player: Space or K plays and pauses, the arrows skip, N and P go to the next event
 * and the previous one, F fills the screen, S saves a still. What has keys of its own keeps them.
 */
export function pressed(event: KeyboardEvent<HTMLElement>, actions: Actions): void {
  const { toggle, toggleFull, seek, step, still } = actions;
  const { key, target, currentTarget } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!(target instanceof Element) || !currentTarget.contains(target)) return;
  const isLetter = /^[a-z]$/.test(key);
  const input = isLetter ? "input:not([type=range])" : "input";
  if (target.closest(`${input}, [role=listbox], [aria-haspopup=listbox]`) !== null) return;
  if (key === "k" || (key === " " && target.closest("button") === null)) toggle();
  else if (key === "f" && toggleFull) toggleFull();
  else if (key === "ArrowLeft") seek(-SKIP_MS);
  else if (key === "ArrowRight") seek(SKIP_MS);
  else if (key === "n") step(1);
  else if (key === "p") step(-1);
  else if (key === "s") still();
  else return;
  event.preventDefault(); // Space does not scroll the page
}
