/** Whether this browser can play what it decrypts itself, and the service worker that needs. */

import conduit from "./conduit?worker&url";
import { SCOPE } from "./wire";

export type Inability = "insecure" | "no_worker";

/** Why it cannot; null: it can, as far as is known before it is tried. */
export function inability(): Inability | null {
  if (!isSecureContext) return "insecure";
  return "serviceWorker" in navigator ? null : "no_worker";
}

/**
 * Whether the page is served by the service worker now; if not, it is once it was loaded again,
 * since it came from an address outside of its scope. Throws if the browser allows none, as in
 * private windows.
 */
export async function takeControl(): Promise<boolean> {
  const workers = navigator.serviceWorker;
  const registration = await workers.register(conduit, { scope: SCOPE, updateViaCache: "none" });
  const coming = registration.installing ?? registration.waiting;
  if (coming) await activated(coming);
  return workers.controller !== null;
}

function activated(worker: ServiceWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker.state === "activated") resolve();
      if (worker.state === "redundant") reject(new Error("it was replaced"));
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

const MARK = "carelay.opens-sealed";

/** Load the page again, which goes on by itself with what was asked for. */
export function reloadFor(recordingId: string): void {
  sessionStorage.setItem(MARK, recordingId);
  location.reload();
}

/** Whether the page was loaded again for that, told once. */
export function wasReloadedFor(recordingId: string): boolean {
  const marked = sessionStorage.getItem(MARK) === recordingId;
  sessionStorage.removeItem(MARK);
  return marked;
}
