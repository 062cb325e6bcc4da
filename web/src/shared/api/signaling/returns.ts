/**
 * When the page, its network or its machine comes back: the moments at which a connection may have
 * died unseen.
 */

export type Return =
  | "visible" // the page is looked at again
  | "online" // the network came (back), perhaps with another address
  | "woke"; // the machine slept: timers stood still

const TICK_MS = 5_000;
// Background pages may be throttled to one timer a minute; more than that is sleep.
const SLEPT_MS = 90_000;

export function onReturn(listener: (cause: Return) => void): () => void {
  const visible = () => {
    if (document.visibilityState === "visible") listener("visible");
  };
  const online = () => listener("online");
  let last = Date.now();
  const ticker = setInterval(() => {
    const now = Date.now();
    if (now - last > SLEPT_MS) listener("woke");
    last = now;
  }, TICK_MS);
  document.addEventListener("visibilitychange", visible);
  addEventListener("online", online);
  return () => {
    clearInterval(ticker);
    document.removeEventListener("visibilitychange", visible);
    removeEventListener("online", online);
  };
}
