import { useEffect } from "react";
import { setPageTitle } from "./title";

/** Names the browser's window after the page and the practice. */
export function usePageTitle(title: string): void {
  useEffect(() => setPageTitle(title), [title]);
}
