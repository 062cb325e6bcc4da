/** A shared screen. */
import { CallError } from "./errors";

/** A screen, window or tab that the user picks; text stays sharp rather than smooth. */
export async function captureScreen(): Promise<MediaStreamTrack> {
  if (!("mediaDevices" in navigator) || !("getDisplayMedia" in navigator.mediaDevices)) {
    throw new CallError("screen_unsupported");
  }
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 15, max: 30 } },
      audio: false,
    });
    const [track] = stream.getVideoTracks();
    if (track === undefined) throw new CallError("screen_denied");
    track.contentHint = "detail";
    return track;
  } catch (error) {
    throw error instanceof CallError ? error : new CallError("screen_denied", String(error));
  }
}
