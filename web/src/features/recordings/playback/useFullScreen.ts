import { type RefObject, useEffect, useState } from "react";

export interface FullScreen {
  isFull: boolean;
  /** None where a browser can only show a video in full, without what lies over it. */
  toggle: (() => void) | null;
}

/** The element, and never one inside of it, fills the screen. */
export function useFullScreen(ref: RefObject<HTMLElement | null>): FullScreen {
  const [isFull, setFull] = useState(false);
  useEffect(() => {
    const changed = () => {
      const element = document.fullscreenElement;
      setFull(element !== null && element === ref.current);
      const inside = element !== ref.current && ref.current?.contains(element) === true;
      if (element !== null && inside) leave();
    };
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, [ref]);
  const toggle = () => {
    if (isFull) leave();
    else void ref.current?.requestFullscreen().catch(() => undefined);
  };
  return { isFull, toggle: document.fullscreenEnabled ? toggle : null };
}

function leave(): void {
  void document.exitFullscreen().catch(() => undefined);
}
