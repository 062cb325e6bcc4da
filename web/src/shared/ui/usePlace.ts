import { useEffect, useLayoutEffect, useState } from "react";
import { keep, kept } from "./kept";
import { hasMoved } from "./moved";

interface Place {
  top: number;
  /** Address of the link that led away from here. */
  link: string | null;
}

const NAME = "place";
const STANDS_STILL_MS = 200;

/**
 * Where one is on a page: a new one begins at its top, and Back leads to where one was, onto the
 * link that was followed. `isThere`: what the page shows has been loaded, so the place exists.
 */
export function usePlace(isThere: boolean): void {
  const [before] = useState(() => kept<Place>(NAME));

  useLayoutEffect(() => {
    if (before === undefined && hasMoved()) goTo(0);
  }, [before]);

  useLayoutEffect(() => {
    if (!isThere || before === undefined) return;
    goTo(before.top);
    const isLink = ({ pathname }: HTMLAnchorElement) => pathname === before.link;
    const link = [...document.querySelectorAll<HTMLAnchorElement>("main a[href]")].find(isLink);
    if (hasMoved()) link?.focus({ preventScroll: true });
  }, [isThere, before]);

  useEffect(() => {
    if (!isThere) return;
    const own = location.pathname;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const note = (link: string | null) => {
      clearTimeout(timer);
      if (location.pathname === own) keep(NAME, { top: window.scrollY, link } satisfies Place);
    };
    const scrolled = () => {
      clearTimeout(timer);
      timer = setTimeout(() => note(null), STANDS_STILL_MS);
    };
    // Before the router hears of it: from then on the entry is another page's.
    const followed = ({ target }: Event) => {
      const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a[href]") : null;
      if (link !== null) note(link.pathname);
    };
    addEventListener("scroll", scrolled, { passive: true });
    addEventListener("click", followed, { capture: true });
    return () => {
      clearTimeout(timer);
      removeEventListener("scroll", scrolled);
      removeEventListener("click", followed, { capture: true });
    };
  }, [isThere]);
}

function goTo(top: number): void {
  scrollTo({ top, behavior: "instant" });
}
