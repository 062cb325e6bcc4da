import { useState } from "react";
import { changePreferences, type Preferences, readPreferences } from "../call";

type Kind = "microphone" | "camera" | "speaker";

/** What was chosen on this machine, and how to choose: kept at once. */
export function usePreferences() {
  const [preferences, setPreferences] = useState(readPreferences);
  function prefer(kind: Kind, device: MediaDeviceInfo): void;
  function prefer(change: Partial<Preferences>): void;
  function prefer(what: Kind | Partial<Preferences>, device?: MediaDeviceInfo): void {
    const change =
      typeof what === "string" ? { [what]: { id: device?.deviceId, label: device?.label } } : what;
    setPreferences(changePreferences(change));
  }
  return { preferences, prefer };
}
