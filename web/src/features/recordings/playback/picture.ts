import { useCallback, useSyncExternalStore } from "react";

/**
 * When the picture that a video element shows was taken, to tell a camera that is off from one that
 * stands still.
 */

/** A camera that sends less than this often (ms) is off, or lost. */
const GONE_MS = 2000;

/** By element: the instant of the picture shown, in seconds of the element's own time. */
const shown = new WeakMap<HTMLVideoElement, number>();

/** Notes each picture that the element presents, until the returned function is called. */
export function watchPicture(video: HTMLVideoElement): () => void {
  if (!("requestVideoFrameCallback" in video)) return () => undefined;
  let request = 0;
  const note = (_: number, { mediaTime }: { mediaTime: number }) => {
    shown.set(video, mediaTime);
    video.dispatchEvent(new Event("picture"));
    request = video.requestVideoFrameCallback(note);
  };
  request = video.requestVideoFrameCallback(note);
  return () => video.cancelVideoFrameCallback(request);
}

const EVENTS = ["seeked", "timeupdate", "picture"] as const;

/**
 * Whether the picture on show is not of this moment: what a browser leaves standing while there is
 * none.
 */
export function usePictureGone(video: HTMLVideoElement | undefined): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      for (const event of EVENTS) video?.addEventListener(event, changed);
      return () => {
        for (const event of EVENTS) video?.removeEventListener(event, changed);
      };
    },
    [video],
  );
  return useSyncExternalStore(
    subscribe,
    () => video !== undefined && !video.seeking && isOld(shown.get(video), video.currentTime),
  );
}

/**
 * After a jump into a gap it may as well be the next picture, from beyond the gap. Both in seconds.
 */
export function isOld(taken: number | undefined, now: number): boolean {
  return taken !== undefined && Math.abs(now - taken) * 1000 > GONE_MS;
}
