/**
 * A device that the system has silenced, such as the microphone during a phone call (Media Capture
 * and Streams §4.3.1). It mostly comes back by itself. If it does not although the page is looked
 * at, it is asked for anew: once for each time that it is silenced or the page is come back to,
 * because browsers may ask the user again.
 */
const PATIENCE_MS = 3_000;

export interface InterruptionListener {
  changed(interrupted: boolean): void;
  askAnew(): void;
}

/** Returns the function that ends it. */
export function watchInterruptions(
  track: MediaStreamTrack,
  listener: InterruptionListener,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(timer);
    if (!track.muted || document.visibilityState !== "visible") return;
    timer = setTimeout(() => track.muted && listener.askAnew(), PATIENCE_MS);
  };
  const changed = () => {
    listener.changed(track.muted);
    wait();
  };
  track.addEventListener("mute", changed);
  track.addEventListener("unmute", changed);
  document.addEventListener("visibilitychange", wait);
  if (track.muted) listener.changed(true);
  return () => {
    clearTimeout(timer);
    track.removeEventListener("mute", changed);
    track.removeEventListener("unmute", changed);
    document.removeEventListener("visibilitychange", wait);
  };
}
