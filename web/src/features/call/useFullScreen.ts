import { useEffect, useState } from "react";

/**
 * The whole page on the whole screen, since menus and dialogs stand beside the call in it. null:
 * this browser cannot, as those of telephones.
 */
export function useFullScreen(): { isOn: boolean; toggle: () => Promise<void> } | null {
  const [isOn, setOn] = useState(() => document.fullscreenElement !== null);
  useEffect(() => {
    const changed = () => setOn(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, []);
  if (!document.fullscreenEnabled) return null;
  const toggle = () =>
    (isOn ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(
      () => undefined,
    );
  return { isOn, toggle };
}
