/**
 * The user's own microphone and camera: asked for with fallbacks, switched, lost and found again.
 */
import { Emitter } from "../../../shared/api/signaling/emitter";
import { CallError, type CallErrorCode, deviceErrorCode } from "./errors";
import { watchInterruptions } from "./interruption";

export type DeviceKind = "microphone" | "camera";

export interface DeviceChoice {
  microphoneId?: string;
  cameraId?: string;
}

export interface OwnMediaChange {
  kind: DeviceKind;
  /** What to send now; null for nothing. */
  track: MediaStreamTrack | null;
}

export interface DeviceProblem {
  kind: DeviceKind;
  /** null: the device works (again). */
  code: CallErrorCode | null;
}

const MICROPHONE: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** From best to whatever the camera can do: some refuse a size that another program has set. */
const CAMERA_SIZES: MediaTrackConstraints[] = [
  { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
  { width: { ideal: 640 }, height: { ideal: 480 } },
  {},
];

export class OwnMedia {
  /** What is captured right now, for the own picture: at most one audio and one video track. */
  readonly stream = new MediaStream();
  readonly #tracks: Record<DeviceKind, MediaStreamTrack | null> = {
    microphone: null,
    camera: null,
  };
  readonly #wanted: Record<DeviceKind, boolean> = { microphone: true, camera: true };
  readonly #changes = new Emitter<OwnMediaChange>();
  readonly #problems = new Emitter<DeviceProblem>();
  readonly #choice: DeviceChoice;
  readonly #interrupted: Record<DeviceKind, boolean> = { microphone: false, camera: false };
  readonly #watches: Record<DeviceKind, () => void> = { microphone: () => {}, camera: () => {} };
  #muted = false;
  #closed = false;
  readonly #onDeviceChange = () => void this.#refill();

  constructor(choice: DeviceChoice = {}) {
    this.#choice = { ...choice };
  }

  get microphone(): MediaStreamTrack | null {
    return this.#tracks.microphone;
  }

  get camera(): MediaStreamTrack | null {
    return this.#tracks.camera;
  }

  /** Switched off on purpose it is not. */
  wants(kind: DeviceKind): boolean {
    return this.#wanted[kind];
  }

  /** There is such a device, and it gives something: the system has not silenced it. */
  works(kind: DeviceKind): boolean {
    return this.#tracks[kind] !== null && !this.#interrupted[kind];
  }

  onChange(listener: (change: OwnMediaChange) => void): () => void {
    return this.#changes.on(listener);
  }

  onProblem(listener: (problem: DeviceProblem) => void): () => void {
    return this.#problems.on(listener);
  }

  /**
   * Asks for what is wanted and settles for less: both, then the microphone alone, then the camera
   * alone.
   */
  async open(camera: boolean): Promise<void> {
    this.#wanted.camera = camera;
    if (!("mediaDevices" in navigator)) {
      this.#tell(new CallError(isSecureContext ? "unsupported" : "insecure_context").code);
      return;
    }
    navigator.mediaDevices.addEventListener("devicechange", this.#onDeviceChange);
    if (!camera || !(await this.#openBoth())) await this.#openEach(camera);
  }

  async #openBoth(): Promise<boolean> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: this.#microphoneConstraints(),
        video: this.#cameraConstraints(CAMERA_SIZES[0] ?? {}),
      });
      for (const track of stream.getTracks()) this.#take(kindOf(track), track);
      return true;
    } catch {
      return false; // which of the two failed is only told by asking for each
    }
  }

  async #openEach(camera: boolean): Promise<void> {
    const heard = await this.#acquire("microphone");
    if (camera && (heard || this.#closed === false)) await this.#acquire("camera");
  }

  /**
   * Off releases the camera, so that its light goes out; on asks for it again. Returns whether it
   * is on.
   */
  async setCamera(on: boolean): Promise<boolean> {
    this.#wanted.camera = on;
    if (!on) this.#release("camera");
    else if (!this.works("camera")) await this.#acquire("camera");
    return this.works("camera");
  }

  /** Mute leaves the device open and sends silence: unmuting must not cost a word. */
  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.microphone !== null) this.microphone.enabled = !muted;
  }

  /** Tries again what was denied or missing. Returns whether the device works now. */
  async retry(kind: DeviceKind): Promise<boolean> {
    this.#wanted[kind] = true;
    return this.works(kind) || (await this.#acquire(kind));
  }

  async choose(kind: DeviceKind, deviceId: string): Promise<void> {
    if (kind === "microphone") this.#choice.microphoneId = deviceId;
    else this.#choice.cameraId = deviceId;
    if (!this.#wanted[kind]) return;
    this.#release(kind); // phones open one camera at a time
    await this.#acquire(kind);
  }

  close(): void {
    this.#closed = true;
    navigator.mediaDevices?.removeEventListener("devicechange", this.#onDeviceChange);
    for (const kind of ["microphone", "camera"] as const) this.#release(kind);
  }

  async #acquire(kind: DeviceKind): Promise<boolean> {
    try {
      this.#take(kind, await this.#ask(kind));
      return true;
    } catch (error) {
      this.#problems.emit({ kind, code: deviceErrorCode(error) });
      return false;
    }
  }

  async #ask(kind: DeviceKind): Promise<MediaStreamTrack> {
    const wishes = kind === "microphone" ? [this.#microphoneConstraints()] : this.#cameraWishes();
    let failure: unknown;
    for (const wish of wishes) {
      try {
        return await capture(kind, wish);
      } catch (error) {
        failure = error;
        if (deviceErrorCode(error) === "permission_denied") break;
      }
    }
    throw failure;
  }

  #microphoneConstraints(): MediaTrackConstraints {
    const { microphoneId } = this.#choice;
    return microphoneId === undefined
      ? MICROPHONE
      : { ...MICROPHONE, deviceId: { ideal: microphoneId } };
  }

  #cameraConstraints(size: MediaTrackConstraints): MediaTrackConstraints {
    const { cameraId } = this.#choice;
    return cameraId === undefined
      ? { facingMode: "user", ...size }
      : { ...size, deviceId: { ideal: cameraId } };
  }

  #cameraWishes(): MediaTrackConstraints[] {
    return CAMERA_SIZES.map((size) => this.#cameraConstraints(size));
  }

  #take(kind: DeviceKind, track: MediaStreamTrack): void {
    if (this.#closed || !this.#wanted[kind]) {
      track.stop(); // the call ended, or the camera was switched off, while the browser was asking
      return;
    }
    this.#release(kind);
    if (kind === "microphone") track.enabled = !this.#muted;
    track.contentHint = kind === "microphone" ? "speech" : "motion";
    track.onended = () => void this.#lost(kind, track);
    this.#tracks[kind] = track;
    this.stream.addTrack(track);
    this.#problems.emit({ kind, code: null });
    this.#changes.emit({ kind, track });
    this.#watches[kind] = watchInterruptions(track, {
      changed: (interrupted) => this.#silenced(kind, interrupted),
      askAnew: () => void this.#acquire(kind),
    });
  }

  #silenced(kind: DeviceKind, interrupted: boolean): void {
    this.#interrupted[kind] = interrupted;
    this.#problems.emit({ kind, code: interrupted ? "device_interrupted" : null });
  }

  #release(kind: DeviceKind): void {
    const track = this.#tracks[kind];
    if (track === null) return;
    this.#watches[kind]();
    this.#interrupted[kind] = false;
    track.onended = null;
    track.stop();
    this.#tracks[kind] = null;
    this.stream.removeTrack(track);
    this.#changes.emit({ kind, track: null });
  }

  /**
   * Unplugged, or taken away by the browser: another device of the kind steps in if there is one.
   */
  async #lost(kind: DeviceKind, track: MediaStreamTrack): Promise<void> {
    if (this.#tracks[kind] !== track) return;
    this.#release(kind);
    if (!(await this.#acquire(kind))) this.#problems.emit({ kind, code: "device_lost" });
  }

  /** A device was plugged in while one is missing. */
  async #refill(): Promise<void> {
    for (const kind of ["microphone", "camera"] as const) {
      if (this.#closed || !this.#wanted[kind] || this.#tracks[kind] !== null) continue;
      if (await plugged(kind)) await this.#acquire(kind);
    }
  }

  #tell(code: CallErrorCode): void {
    this.#problems.emit({ kind: "microphone", code });
    if (this.#wanted.camera) this.#problems.emit({ kind: "camera", code });
  }
}

function kindOf(track: MediaStreamTrack): DeviceKind {
  return track.kind === "audio" ? "microphone" : "camera";
}

async function capture(kind: DeviceKind, wish: MediaTrackConstraints): Promise<MediaStreamTrack> {
  const constraints = kind === "microphone" ? { audio: wish } : { video: wish };
  const [track] = (await navigator.mediaDevices.getUserMedia(constraints)).getTracks();
  if (track === undefined) throw new CallError("no_device");
  return track;
}

async function plugged(kind: DeviceKind): Promise<boolean> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.some(
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
