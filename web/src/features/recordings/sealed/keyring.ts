/** The one private key that this page has open, and when it is closed. */

import { useSyncExternalStore } from "react";
import { session } from "../../../shared/api/client";
import type { OpenKey } from "./openkey";
import type { RangeAnswer, RangeAsked } from "./wire";

/** As long as somebody may be away from an open key. */
export const IDLE_MINUTES = 15;
const IDLE_MS = IDLE_MINUTES * 60_000;
const LOOK_MS = 10_000;
const USES = ["pointerdown", "keydown"] as const;

/** Where it was left alone for too long, or given up. */
export type Closed = "idle" | "asked" | "left";

let held: OpenKey | null = null;
let closed: Closed | null = null;
let used = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const watchers = new Set<() => void>();

const touch = () => {
  used = Date.now();
};
const look = () => {
  // Whoever watches what is loaded already does nothing else.
  if ([...document.querySelectorAll("video")].some((video) => !video.paused)) touch();
  else if (Date.now() - used > IDLE_MS) close("idle");
};
const leave = () => close("left");

/** From now on it is the page's, in place of any other. */
export function hold(key: OpenKey): void {
  held?.close();
  held = key;
  closed = null;
  touch();
  clearInterval(timer);
  timer = setInterval(look, LOOK_MS);
  for (const use of USES) addEventListener(use, touch, true);
  addEventListener("pagehide", leave);
  session.addEventListener("ended", leave);
  navigator.serviceWorker.addEventListener("message", carry);
  tell();
}

/** Nothing of it is left in the page then. */
export function close(why: Closed): void {
  if (held === null) return;
  held.close();
  held = null;
  closed = why;
  clearInterval(timer);
  for (const use of USES) removeEventListener(use, touch, true);
  removeEventListener("pagehide", leave);
  session.removeEventListener("ended", leave);
  tell();
}

function tell(): void {
  for (const watcher of watchers) watcher();
}

/** What a player asks for: whoever watches is there. */
function carry({ data, ports: [port] }: MessageEvent<RangeAsked>): void {
  if (!port) return;
  touch();
  if (held) held.carry(data, port);
  else port.postMessage({ status: 404 } satisfies RangeAnswer);
}

/** The key that is open now. */
export function openKey(): OpenKey | null {
  return held;
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** The key, or null and why it was closed. */
export function useKeyring(): { readonly key: OpenKey | null; readonly closed: Closed | null } {
  const key = useSyncExternalStore(subscribe, () => held);
  return { key, closed: key === null ? closed : null };
}
