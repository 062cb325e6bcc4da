import { useEffect, useRef, useState } from "react";
import { type CallErrorCode, OwnMedia, readPreferences } from "../call";

export interface OwnDevices {
  phase: "off" | "opening" | "on";
  camera: MediaStreamTrack | null;
  microphone: MediaStreamTrack | null;
  problems: Readonly<Record<"microphone" | "camera", CallErrorCode | null>>;
}

const OFF: OwnDevices = {
  phase: "off",
  camera: null,
  microphone: null,
  problems: { microphone: null, camera: null },
};

/**
 * Own camera and microphone for looking at and listening to, never sent. Nothing is asked for
 * before `open`; all is let go by `close` and when the page is left.
 */
export function useOwnMedia() {
  const [devices, setDevices] = useState(OFF);
  const media = useRef<OwnMedia | null>(null);
  useEffect(() => () => media.current?.close(), []);

  const close = () => {
    media.current?.close();
    media.current = null;
    setDevices(OFF);
  };
  const open = async () => {
    media.current?.close();
    const { microphone, camera, blurs } = readPreferences();
    const own = new OwnMedia({
      blurs,
      ...(microphone && { microphoneId: microphone.id, microphoneLabel: microphone.label }),
      ...(camera && { cameraId: camera.id, cameraLabel: camera.label }),
    });
    media.current = own;
    const change = (next: (before: OwnDevices) => OwnDevices) =>
      media.current === own && setDevices(next);
    own.onChange(({ kind, track }) => change((before) => ({ ...before, [kind]: track })));
    own.onProblem(({ kind, code }) =>
      change((before) => ({ ...before, problems: { ...before.problems, [kind]: code } })),
    );
    setDevices({ ...OFF, phase: "opening" });
    await own.open(true);
    change((before) => ({ ...before, phase: "on" }));
  };
  const choose = (kind: "microphone" | "camera", { deviceId, label }: MediaDeviceInfo) =>
    void media.current?.choose(kind, deviceId, label);
  const retry = async () => {
    for (const kind of ["microphone", "camera"] as const) await media.current?.retry(kind);
  };
  /** Whether it could be had; before `open`, that is not known. */
  const blur = async (blurs: boolean) => (await media.current?.blur(blurs)) ?? true;
  return { devices, open, close, choose, blur, retry };
}
