/** Which devices there are, and which of them is meant. */
import type { RememberedDevice } from "./preferences";

export function remembered(id: string | undefined, label = ""): RememberedDevice | null {
  return id === undefined ? null : { id, label };
}

export function isOf(track: MediaStreamTrack, { id, label }: RememberedDevice): boolean {
  return track.getSettings().deviceId === id || (label !== "" && track.label === label);
}

export async function devicesOf(kind: "microphone" | "camera"): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(
    (device) => device.kind === (kind === "microphone" ? "audioinput" : "videoinput"),
  );
}

/** The devices to choose from; labels are empty until a permission was given. */
export async function listDevices(): Promise<
  Record<"microphones" | "cameras" | "speakers", MediaDeviceInfo[]>
> {
  const devices =
    "mediaDevices" in navigator ? await navigator.mediaDevices.enumerateDevices() : [];
  const of = (kind: MediaDeviceKind) =>
    devices.filter((device) => device.kind === kind && device.deviceId !== "");
  return { microphones: of("audioinput"), cameras: of("videoinput"), speakers: of("audiooutput") };
}
