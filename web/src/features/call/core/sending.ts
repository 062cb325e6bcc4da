/** What this user sends: microphone, camera and a shared screen, as far as they want and may. */

import type { MediaState } from "../../../shared/api/signaling/messages";
import type { OwnTrack } from "./connection";
import {
  type DeviceChoice,
  type DeviceKind,
  type DeviceMove,
  type DeviceProblem,
  OwnMedia,
  type OwnMediaChange,
} from "./devices";
import { SoundMix } from "./mix";
import type { Processing } from "./processing";
import { type CapturedScreen, captureScreen } from "./screen";
import { maySend } from "./selectors";
import type { CallState } from "./state";

export interface SendingListener {
  /** A device has another track now, or none. */
  deviceChanged(change: OwnMediaChange): void;
  screenChanged(track: MediaStreamTrack | null): Promise<void>;
  /** What is sent instead of the microphone alone, or that again. */
  soundChanged(track: MediaStreamTrack | null): Promise<void>;
  problem(problem: DeviceProblem): void;
  moved(move: DeviceMove): void;
  /** What is sent on purpose is another than before, see `own`. */
  changed(): void;
}

interface Opening {
  watching: boolean;
  camera: boolean;
  muted: boolean;
}

export class Sending {
  readonly #media: OwnMedia;
  readonly #listener: SendingListener;
  #screen: MediaStreamTrack | null = null;
  /** The microphone and what sounds on the shared screen. */
  #mix: SoundMix | null = null;
  /** The user is picking a screen. */
  #picking = false;
  /** Nothing is captured any more, whatever the browser still answers. */
  #released = false;
  #muted = false;
  /**
   * The browser has decided about the devices: before, those still being asked for count as sent.
   */
  #settled = false;

  constructor(devices: DeviceChoice | undefined, listener: SendingListener) {
    this.#media = new OwnMedia(devices);
    this.#listener = listener;
    this.#media.onChange((change) => {
      if (change.kind === "microphone" && this.#mix !== null) this.#mix.setVoice(change.track);
      else listener.deviceChanged(change);
      if (this.#settled) listener.changed();
    });
    this.#media.onMove((move) => listener.moved(move));
    this.#media.onProblem((problem) => {
      listener.problem(problem);
      if (this.#settled) listener.changed();
    });
  }

  /** What is captured, for the own picture. */
  get stream(): MediaStream {
    return this.#media.stream;
  }

  get screen(): MediaStreamTrack | null {
    return this.#screen;
  }

  /** Whether what sounds on it is shared too. */
  get hasScreenSound(): boolean {
    return this.#mix !== null;
  }

  get processing(): Processing {
    return this.#media.processing;
  }

  /** Asks for the devices, if for any. */
  async open({ watching, camera, muted }: Opening): Promise<void> {
    this.#muted = muted;
    this.#media.setMuted(muted);
    if (!watching) await this.#media.open(camera);
    this.#settled = true;
    this.#listener.changed();
  }

  /** After a reload: who was muted stays muted. Whether the camera was switched off by that. */
  async adopt(
    before: MediaState | undefined,
    audioOnly: boolean,
    state: CallState,
  ): Promise<boolean> {
    if (!maySend(state).microphone) this.#media.close();
    if (before?.microphone === false) this.#muted = true;
    this.#media.setMuted(this.#muted);
    if (!audioOnly && before?.camera !== false) return false;
    await this.#media.setCamera(false);
    return true;
  }

  async toggleMute(): Promise<void> {
    if (this.#media.microphone && !this.#media.works("microphone") && !this.#muted) {
      await this.retry("microphone"); // the system has muted it, and this is meant to undo that
      return;
    }
    this.#muted = !this.#muted;
    this.#media.setMuted(this.#muted);
    this.#listener.changed();
  }

  /** Whether it is on now. */
  async setCamera(on: boolean): Promise<boolean> {
    const isOn = await this.#media.setCamera(on);
    this.#listener.changed();
    return isOn;
  }

  /**
   * `state`: of the call. Rejects with CallError `screen_denied` or `screen_unsupported`.
   */
  async startScreen(state: CallState): Promise<void> {
    if (this.#screen !== null || this.#picking || this.#released) return;
    this.#picking = true;
    let captured: CapturedScreen;
    try {
      captured = await captureScreen(maySend(state).microphone);
    } finally {
      this.#picking = false;
    }
    if (!this.#released) await this.#share(captured);
    else for (const track of [captured.picture, captured.sound]) track?.stop();
  }

  /** It may be stopped, or the call be over, at each step. */
  async #share({ picture, sound }: CapturedScreen): Promise<void> {
    picture.onended = () => void this.stopScreen(); // the browser's own "stop sharing"
    this.#screen = picture;
    try {
      if (sound !== null) await this.#startMix(sound, picture);
      if (this.#screen !== picture) return;
      this.#listener.changed();
      await this.#listener.screenChanged(picture);
    } catch (error) {
      sound?.stop();
      if (this.#screen !== picture) return;
      await this.stopScreen().catch(() => undefined);
      throw error;
    }
  }

  async #startMix(sound: MediaStreamTrack, picture: MediaStreamTrack): Promise<void> {
    const mix = await SoundMix.open(sound);
    if (mix === null) return;
    if (this.#screen !== picture) {
      mix.close();
      return;
    }
    this.#mix = mix;
    sound.onended = () => void this.#stopMix();
    mix.setVoice(this.#media.microphone);
    await this.#listener.soundChanged(mix.track);
  }

  async #stopMix(): Promise<void> {
    const mix = this.#mix;
    if (mix === null) return;
    this.#mix = null;
    try {
      await this.#listener.soundChanged(this.#media.microphone);
    } finally {
      mix.close();
      this.#listener.changed();
    }
  }

  async stopScreen(): Promise<void> {
    const track = this.#screen;
    if (track === null) return;
    this.#screen = null;
    track.onended = null;
    track.stop();
    try {
      await this.#stopMix();
    } finally {
      this.#listener.changed();
      await this.#listener.screenChanged(null);
    }
  }

  /** Whether the device works now. */
  async retry(kind: DeviceKind): Promise<boolean> {
    const works = await this.#media.retry(kind);
    this.#listener.changed();
    return works;
  }

  async choose(kind: DeviceKind, deviceId: string, label?: string): Promise<void> {
    await this.#media.choose(kind, deviceId, label);
  }

  /** Whether it could be had. */
  async process(processing: Processing): Promise<boolean> {
    return this.#media.process(processing);
  }

  get blurs(): boolean {
    return this.#media.blurs;
  }

  /** Whether it could be had. */
  async blur(blurs: boolean): Promise<boolean> {
    return this.#media.blur(blurs);
  }

  /** Whether there is a camera at the other side. */
  async flip(): Promise<boolean> {
    return this.#media.flip();
  }

  /** What is sent on purpose, for page and server. */
  own(state: CallState): MediaState {
    const may = maySend(state);
    const asked = !this.#settled;
    return {
      microphone: may.microphone && !this.#muted && (this.#media.works("microphone") || asked),
      camera: may.camera && (this.#media.works("camera") || (asked && state.own.camera)),
      screen: this.#screen !== null,
      unavailable: this.#unavailable(state),
    };
  }

  /**
   * Blocked, absent, in another program's hands, or silenced by the system: that is not muted on
   * purpose.
   */
  #unavailable({ problems }: CallState): DeviceKind[] {
    return (["microphone", "camera"] as const).filter(
      (kind) => problems[kind] !== null && !this.#media.works(kind) && this.#media.wants(kind),
    );
  }

  /** All that there is to send, and may be. */
  tracks(state: CallState): OwnTrack[] {
    const may = maySend(state);
    const tracks: OwnTrack[] = [];
    if (may.microphone)
      tracks.push({ source: "microphone", track: this.#mix?.track ?? this.#media.microphone });
    if (may.camera) tracks.push({ source: "camera", track: this.#media.camera });
    if (this.#screen !== null) tracks.push({ source: "screen", track: this.#screen });
    return tracks;
  }

  /** For good: screen, microphone and camera are nobody's any more; their lights go out. */
  release(): void {
    this.#released = true;
    this.#screen?.stop();
    this.#screen = null;
    this.#mix?.close();
    this.#mix = null;
    this.#media.close();
  }
}
