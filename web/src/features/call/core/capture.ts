/** What is asked of the browser for a microphone or a camera, and which camera to turn to. */
import type { DeviceKind } from "./devices";
import { CallError } from "./errors";
import { devicesOf } from "./listing";

/** From best to whatever the camera can do: some refuse a size that another program has set. */
export const CAMERA_SIZES: MediaTrackConstraints[] = [
  { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
  { width: { ideal: 640 }, height: { ideal: 480 } },
  {},
];

export function anyOf(kind: DeviceKind): MediaTrackConstraints {
  return kind === "camera" ? { facingMode: "user" } : {};
}

export function kindOf(track: MediaStreamTrack): DeviceKind {
  return track.kind === "audio" ? "microphone" : "camera";
}

export async function capture(
  kind: DeviceKind,
  wish: MediaTrackConstraints,
): Promise<MediaStreamTrack> {
  const constraints = kind === "microphone" ? { audio: wish } : { video: wish };
  const [track] = (await navigator.mediaDevices.getUserMedia(constraints)).getTracks();
  if (track === undefined) throw new CallError("no_device");
  return track;
}

/** It looks away from the user: their own picture of it is no mirror. */
export function looksAway(track: MediaStreamTrack | undefined): boolean {
  return track?.getSettings().facingMode === "environment";
}

/**
 * The cameras to try for the other side of a phone: one that looks there, and if none says so, the
 * next one. A phone has several lenses at its back; the browser's choice is the usual one.
 */
export async function otherSideOf(track: MediaStreamTrack): Promise<MediaTrackConstraints[]> {
  const facing = looksAway(track) ? "user" : "environment";
  const next = nextOf(track.getSettings().deviceId, await devicesOf("camera"));
  return [
    { facingMode: { exact: facing } },
    ...(next === null ? [] : [{ deviceId: { exact: next } }]),
  ];
}

/** The id of the camera after this one, around again; null: there is no other. */
export function nextOf(
  deviceId: string | undefined,
  cameras: readonly Pick<MediaDeviceInfo, "deviceId">[],
): string | null {
  const at = cameras.findIndex((camera) => camera.deviceId === deviceId);
  const next = cameras[(at + 1) % Math.max(1, cameras.length)]?.deviceId;
  return next === undefined || next === deviceId ? null : next;
}
