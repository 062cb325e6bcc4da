/**
 * The user's own microphone and camera: asked for with fallbacks, switched, lost and found again.
 */
import { Emitter } from "../../../shared/api/signaling/emitter";
import { type Blur, canBlur, openBlur } from "./blur";
import { anyOf, CAMERA_SIZES, capture, kindOf, otherSideOf } from "./capture";
import { CallError, type CallErrorCode, deviceErrorCode, isAllowed } from "./errors";
import { watchInterruptions } from "./interruption";
import { devicesOf, isOf, remembered } from "./listing";
import { find, type RememberedDevice } from "./preferences";
import { constraintsOf, type Processing, process } from "./processing";

export type DeviceKind = "microphone" | "camera";

export interface DeviceChoice {
  microphoneId?: string;
  cameraId?: string;
  /** What they were called: looked for where nothing has that id any more. */
  microphoneLabel?: string;
  cameraLabel?: string;
  /** What the browser makes of the microphone; for speech, if nothing is said. */
  processing?: Processing;
  /** Blur what is behind the user, where page and browser can. */
  blurs?: boolean;
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

/** A device that was in use is gone and another has taken its place, or it is back. */
export interface DeviceMove {
  kind: DeviceKind | "speaker";
  event: "fell_back" | "came_back";
  /** What is used now. */
  label: string;
}

export class OwnMedia {
  /** What is captured right now, for the own picture: at most one audio and one video track. */
  readonly stream = new MediaStream();
  readonly #tracks: Record<DeviceKind, MediaStreamTrack | null> = {
    microphone: null,
    camera: null,
  };
  /** The picture of the camera that others see: itself, or blurred. */
  #shown: MediaStreamTrack | null = null;
  #blurs: boolean;
  #blur: Blur | null = null;
  readonly #wanted: Record<DeviceKind, boolean> = { microphone: true, camera: true };
  readonly #changes = new Emitter<OwnMediaChange>();
  readonly #problems = new Emitter<DeviceProblem>();
  readonly #moves = new Emitter<DeviceMove>();
  readonly #choice: Record<DeviceKind, RememberedDevice | null>;
  /** Whether a device is being asked for: plugging one in raises several events. */
  #refilling = false;
  readonly #interrupted: Record<DeviceKind, boolean> = { microphone: false, camera: false };
  readonly #watches: Record<DeviceKind, () => void> = { microphone: () => {}, camera: () => {} };
  #processing: Processing;
  #muted = false;
  #closed = false;
  readonly #onDeviceChange = () => void this.#refill();

  constructor(choice: DeviceChoice = {}) {
    const { microphoneId, microphoneLabel, cameraId, cameraLabel } = choice;
    this.#processing = choice.processing ?? "speech";
    this.#blurs = (choice.blurs ?? false) && canBlur();
    this.#choice = {
      microphone: remembered(microphoneId, microphoneLabel),
      camera: remembered(cameraId, cameraLabel),
    };
  }

  get microphone(): MediaStreamTrack | null {
    return this.#tracks.microphone;
  }

  get camera(): MediaStreamTrack | null {
    return this.#shown;
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

  onMove(listener: (move: DeviceMove) => void): () => void {
    return this.#moves.on(listener);
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
    await this.#goByName();
  }

  /** Names are told once a permission was given: what has another id now is found by its own. */
  async #goByName(): Promise<void> {
    for (const kind of ["microphone", "camera"] as const) {
      const [track, wanted] = [this.#tracks[kind], this.#choice[kind]];
      if (track === null || wanted === null || isOf(track, wanted)) continue;
      const found = find(wanted, await devicesOf(kind));
      if (found !== null && !this.#closed) await this.choose(kind, found.deviceId, found.label);
    }
  }

  async #openBoth(): Promise<boolean> {
    if (!(await this.#readyToBlur())) return false;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: { ...constraintsOf(this.#processing), ...this.#exactly("microphone") },
        video: { ...CAMERA_SIZES[0], ...this.#exactly("camera") },
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

  async choose(kind: DeviceKind, deviceId: string, label = ""): Promise<void> {
    this.#choice[kind] = { id: deviceId, label };
    if (!this.#wanted[kind]) return;
    this.#release(kind); // phones open one camera at a time
    await this.#acquire(kind);
  }

  get processing(): Processing {
    return this.#processing;
  }

  get blurs(): boolean {
    return this.#blurs;
  }

  /** Returns whether it is so now. Sharp pictures are sent until a blurred one can be. */
  async blur(blurs: boolean): Promise<boolean> {
    if (blurs === this.#blurs) return true;
    this.#blurs = blurs;
    if (!(await this.#readyToBlur())) {
      this.#blurs = false;
      return false;
    }
    if (this.#blurs !== blurs) return false; // changed again meanwhile
    if (!blurs) this.#stopBlur();
    if (this.#tracks.camera !== null) this.#show(this.#tracks.camera);
    return true;
  }

  /** Whether what the camera sees may be shown: blurred, if that is wished. */
  async #readyToBlur(): Promise<boolean> {
    if (!this.#blurs || this.#blur !== null) return true;
    const blur = await openBlur(() => this.#blurFailed(blur));
    const isLate = this.#closed || !this.#blurs || this.#blur !== null;
    if (isLate) blur?.close();
    else this.#blur = blur;
    return isLate || blur !== null;
  }

  /** Nobody is shown sharply who wished to be blurred: the camera goes off. */
  #blurFailed(blur: Blur | null): void {
    if (blur === null || this.#blur !== blur) return;
    this.#stopBlur();
    this.#wanted.camera = false;
    this.#release("camera");
    this.#problems.emit({ kind: "camera", code: "blur_failed" });
  }

  #stopBlur(): void {
    this.#blur?.close();
    this.#blur = null;
  }

  /** From now on this one is what others see, blurred if it is to be; null: nothing. */
  #show(track: MediaStreamTrack | null): void {
    const before = this.#shown;
    const shown = track === null ? null : (this.#blur?.of(track) ?? track);
    if (before !== null) this.stream.removeTrack(before);
    if (before !== null && before !== this.#tracks.camera) before.stop();
    this.#shown = shown;
    if (shown !== null) {
      shown.contentHint = "motion";
      this.stream.addTrack(shown);
    }
    this.#changes.emit({ kind: "camera", track: shown });
  }

  /** Returns whether it is so now; what was captured before goes on where it cannot be had. */
  async process(processing: Processing): Promise<boolean> {
    const [before, track] = [this.#processing, this.#tracks.microphone];
    this.#processing = processing;
    if (track === null) return true;
    if (await process(track, processing)) {
      track.contentHint = processing;
      return true;
    }
    try {
      this.#take("microphone", await this.#ask("microphone"));
      return true;
    } catch {
      this.#processing = before;
      return false;
    }
  }

  /** To the camera at the other side of a phone. Returns whether there is one. */
  async flip(): Promise<boolean> {
    const track = this.#tracks.camera;
    if (track === null) return false;
    const wishes = await otherSideOf(track);
    this.#release("camera"); // phones open one camera at a time
    for (const wish of wishes) {
      try {
        this.#take("camera", await this.#first("camera", wish));
        return true;
      } catch {
        // The next one, or the one from before.
      }
    }
    await this.#acquire("camera");
    return false;
  }

  close(): void {
    this.#closed = true;
    navigator.mediaDevices?.removeEventListener("devicechange", this.#onDeviceChange);
    for (const kind of ["microphone", "camera"] as const) this.#release(kind);
    this.#stopBlur();
  }

  async #acquire(kind: DeviceKind): Promise<boolean> {
    if (kind === "camera" && !(await this.#readyToBlur())) {
      this.#problems.emit({ kind, code: "blur_failed" });
      return false;
    }
    try {
      this.#take(kind, await this.#ask(kind));
      return true;
    } catch (error) {
      this.#problems.emit({ kind, code: deviceErrorCode(error, isAllowed(kind)) });
      return false;
    }
  }

  /**
   * The one that was chosen, if it is there: exactly that, as browsers weigh an ideal id against
   * ideal sizes, and may take another camera for being larger (measured in Chromium).
   */
  async #ask(kind: DeviceKind): Promise<MediaStreamTrack> {
    try {
      return await this.#first(kind, this.#exactly(kind));
    } catch (error) {
      if (this.#choice[kind] === null || deviceErrorCode(error) !== "no_device") throw error;
      return this.#first(kind, anyOf(kind));
    }
  }

  /** In the best quality that the device gives. */
  async #first(kind: DeviceKind, which: MediaTrackConstraints): Promise<MediaStreamTrack> {
    let failure: unknown;
    const sound = [constraintsOf(this.#processing)];
    for (const wish of kind === "microphone" ? sound : CAMERA_SIZES) {
      try {
        return await capture(kind, { ...wish, ...which });
      } catch (error) {
        failure = error;
        if (deviceErrorCode(error) === "permission_denied") break;
      }
    }
    throw failure;
  }

  #exactly(kind: DeviceKind): MediaTrackConstraints {
    const chosen = this.#choice[kind];
    return chosen === null ? anyOf(kind) : { deviceId: { exact: chosen.id } };
  }

  #take(kind: DeviceKind, track: MediaStreamTrack): void {
    if (this.#closed || !this.#wanted[kind]) {
      track.stop(); // the call ended, or the camera was switched off, while the browser was asking
      return;
    }
    this.#release(kind);
    if (kind === "microphone") track.enabled = !this.#muted;
    track.onended = () => void this.#lost(kind, track);
    this.#tracks[kind] = track;
    this.#problems.emit({ kind, code: null });
    if (kind === "camera") this.#show(track);
    else this.#listen(track);
    this.#watches[kind] = watchInterruptions(track, {
      changed: (interrupted) => this.#silenced(kind, interrupted),
      askAnew: () => void this.#acquire(kind),
    });
  }

  #listen(microphone: MediaStreamTrack): void {
    microphone.contentHint = this.#processing;
    this.stream.addTrack(microphone);
    this.#changes.emit({ kind: "microphone", track: microphone });
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
    if (kind === "camera") this.#show(null);
    else {
      this.stream.removeTrack(track);
      this.#changes.emit({ kind, track: null });
    }
  }

  /**
   * Unplugged, or taken away by the browser: another device of the kind steps in if there is one,
   * until this one is back.
   */
  async #lost(kind: DeviceKind, track: MediaStreamTrack): Promise<void> {
    if (this.#tracks[kind] !== track) return;
    const id = track.getSettings().deviceId ?? "";
    this.#choice[kind] ??= { id, label: track.label };
    this.#release(kind);
    if (!(await this.#acquire(kind))) this.#problems.emit({ kind, code: "device_lost" });
    else this.#moved(kind, "fell_back");
  }

  #moved(kind: DeviceKind, event: DeviceMove["event"]): void {
    this.#moves.emit({ kind, event, label: this.#tracks[kind]?.label ?? "" });
  }

  /** A device was plugged in: while one is missing, or the one that was chosen. */
  async #refill(): Promise<void> {
    if (this.#refilling) return;
    this.#refilling = true;
    try {
      for (const kind of ["microphone", "camera"] as const) await this.#refillOne(kind);
    } finally {
      this.#refilling = false;
    }
  }

  async #refillOne(kind: DeviceKind): Promise<void> {
    if (this.#closed || !this.#wanted[kind]) return;
    const devices = await devicesOf(kind);
    const [track, wanted] = [this.#tracks[kind], this.#choice[kind]];
    if (track === null) {
      if (devices.length > 0) await this.#acquire(kind);
      return;
    }
    const back = wanted === null || isOf(track, wanted) ? null : find(wanted, devices);
    if (back === null || back.deviceId === track.getSettings().deviceId) return;
    await this.choose(kind, back.deviceId, back.label);
    if (this.#tracks[kind] !== null) this.#moved(kind, "came_back");
  }

  #tell(code: CallErrorCode): void {
    this.#problems.emit({ kind: "microphone", code });
    if (this.#wanted.camera) this.#problems.emit({ kind: "camera", code });
  }
}
