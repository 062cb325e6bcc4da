import { useEffect } from "react";
import { useLatest } from "./useLatest";

/**
 * Physical key → what it does. With a modifier, so that no single letter typed by voice or mistake
 * acts (WCAG 2.1.4).
 */
export type Shortcuts = Readonly<Record<string, () => void>>;

/** Ctrl (⌘ on a Mac) with a key, named by KeyboardEvent.code, such as `KeyD`. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useLatest(shortcuts);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const action = latest.current[event.code];
      const modified = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (!modified || action === undefined || event.repeat) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [latest]);
}

const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** As written on the keyboard: "Ctrl+D", "⌘D". */
export function keys(letter: string): string {
  return isMac ? `⌘${letter}` : `Ctrl+${letter}`;
}
