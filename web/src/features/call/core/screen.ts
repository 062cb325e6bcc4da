/** A shared screen, and what sounds there. */
import { CallError } from "./errors";

export interface CapturedScreen {
  picture: MediaStreamTrack;
  /** Of a tab, or of the whole system; null: none is shared. */
  sound: MediaStreamTrack | null;
}

/** What TypeScript's library does not know yet (Screen Capture §5.2, §5.4). */
interface SoundConstraints extends MediaTrackConstraints {
  restrictOwnAudio?: boolean;
}
interface ScreenOptions extends DisplayMediaStreamOptions {
  systemAudio?: "include" | "exclude";
}
type Supported = MediaTrackSupportedConstraints & { restrictOwnAudio?: boolean };

/** As it sounds: what helps a voice harms everything else. */
const SOUND: SoundConstraints = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
  restrictOwnAudio: true,
};

/** A screen, window or tab that the user picks; text stays sharp rather than smooth. */
export async function captureScreen(withSound: boolean): Promise<CapturedScreen> {
  if (!("mediaDevices" in navigator) || !("getDisplayMedia" in navigator.mediaDevices)) {
    throw new CallError("screen_unsupported");
  }
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia(options(withSound));
    const [picture] = stream.getVideoTracks();
    if (picture === undefined) throw new CallError("screen_denied");
    picture.contentHint = "detail";
    return { picture, sound: stream.getAudioTracks()[0] ?? null };
  } catch (error) {
    throw error instanceof CallError ? error : new CallError("screen_denied", String(error));
  }
}

/**
 * All that the computer plays is offered only where the browser takes this call out of it: the
 * others would hear themselves.
 */
function options(withSound: boolean): ScreenOptions {
  const supported: Supported = navigator.mediaDevices.getSupportedConstraints();
  return {
    video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 15, max: 30 } },
    audio: withSound && SOUND,
    systemAudio: supported.restrictOwnAudio ? "include" : "exclude",
  };
}
