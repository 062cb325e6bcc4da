import { useSyncExternalStore } from "react";
import { guestToken } from "./fragment";

/** The secret of the newest guest's link in this tab; one may be opened while a page is there. */
export function useGuestToken(): string | null {
  return useSyncExternalStore(onFragment, guestToken);
}

function onFragment(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}
