import { useCallback, useEffect, useRef, useState } from "react";

export interface PictureInPicture {
  isOn: boolean;
  /** null: this browser has none, or has nothing to show in it. */
  toggle: (() => Promise<void>) | null;
}

/**
 * A picture that stays on top of other windows. It has an element of its own, whose track changes
 * with `stream`: that of a tile would be gone with it.
 */
export function usePictureInPicture(stream: MediaStream | null): PictureInPicture {
  const [isOn, setOn] = useState(false);
  const video = useRef<HTMLVideoElement | null>(null);
  const leave = useCallback(() => {
    if (video.current !== null && document.pictureInPictureElement === video.current)
      void document.exitPictureInPicture().catch(() => undefined);
    if (video.current !== null) video.current.srcObject = null;
    video.current = null;
    setOn(false);
  }, []);
  useEffect(() => leave, [leave]);
  useEffect(() => {
    if (video.current === null) return;
    if (stream === null) leave();
    else void show(video.current, stream);
  }, [stream, leave]);

  const enter = async () => {
    if (stream === null) return;
    const element = document.createElement("video");
    element.muted = true; // the tile is heard already
    element.addEventListener("leavepictureinpicture", leave, { once: true });
    await show(element, stream);
    await element.requestPictureInPicture();
    video.current = element;
    setOn(true);
  };
  const has = typeof document !== "undefined" && document.pictureInPictureEnabled === true;
  return {
    isOn,
    toggle: has && (isOn || stream !== null) ? async () => (isOn ? leave() : enter()) : null,
  };
}

async function show(element: HTMLVideoElement, stream: MediaStream): Promise<void> {
  element.srcObject = stream;
  await element.play().catch(() => undefined);
}
