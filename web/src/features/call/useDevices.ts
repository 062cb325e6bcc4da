import { useEffect, useState } from "react";
import { listDevices } from "./core/listing";

export type Devices = Awaited<ReturnType<typeof listDevices>>;

const NONE: Devices = { microphones: [], cameras: [], speakers: [] };

/** What can be chosen from now, while `looking`; `again` asks anew, such as after a permission. */
export function useDevices(looking: boolean, again?: unknown): Devices {
  const [devices, setDevices] = useState<Devices>(NONE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` is a reason to ask again
  useEffect(() => {
    if (!looking) return;
    let here = true;
    const load = () => void listDevices().then((found) => here && setDevices(found));
    load();
    navigator.mediaDevices?.addEventListener("devicechange", load);
    return () => {
      here = false;
      navigator.mediaDevices?.removeEventListener("devicechange", load);
    };
  }, [looking, again]);
  return devices;
}
