/**
 * One person's part in one call: own devices, the connection to the relay, and the call as this
 * page sees it.
 *
 * Framework-free: `<VideoCall>` is one user of it, an existing platform can be another
 * (EMBEDDING.md). Listeners are added by calling `on…`, and taken off by the function that this
 * returns. Three of these can be assigned a handler as well, as the properties of an
 * RTCPeerConnection can, for platforms that were written in its words.
 */

import type { SignalingClient, SignalingState } from "../../../shared/api/signaling/client";
import type { Listener, Subscribe } from "../../../shared/api/signaling/emitter";
import type {
  MessageOf,
  Pictures,
  ServerMessage,
  ShownText,
} from "../../../shared/api/signaling/messages";
import { onReturn } from "../../../shared/api/signaling/returns";
import type { CallConnectionState } from "./connectionstate";
import type { DeviceChoice, DeviceKind } from "./devices";
import { raiseEmergency } from "./emergency";
import { CallError } from "./errors";
import { extendCall } from "./extension";
import { Ladders } from "./ladders";
import { Listeners } from "./listeners";
import { Media } from "./media";
import type { CallOptions, WebRTCServiceOptions } from "./options";
import { People } from "./people";
import type { Processing } from "./processing";
import { type CallEvent, reduce } from "./reduce";
import { cameraSize } from "./selectors";
import { Sending } from "./sending";
import { Socket } from "./socket";
import {
  ALL_PICTURES,
  type CallState,
  type Ended,
  initialState,
  isOver,
  SOUND_ONLY,
} from "./state";
import type { ConnectionStatistics, Sample } from "./statistics";
import type { RemoteStream } from "./streams";
import { keepAwake } from "./wakelock";

type EventWithoutTime = CallEvent extends infer E
  ? E extends CallEvent
    ? Omit<E, "at">
    : never
  : never;

const SAMPLE_INTERVAL_MS = 500;
const HANG_UP_TIMEOUT_MS = 3_000;

export class WebRTCService {
  readonly #iceServers: readonly RTCIceServer[];
  readonly #listeners = new Listeners();
  #state = initialState("");
  #sending: Sending | null = null;
  #started = false;
  #joinedOnce = false;
  #ladders = new Ladders();
  /** Whether the camera was on when its user went over to sound only. */
  #hadCamera = false;
  readonly #socket: Socket;
  readonly #media = new Media({
    sendOffer: (sdp, sources) =>
      this.signaling.send({ type: "offer", room_id: this.#state.roomId, sdp, sources }),
    stateChanged: (media) => this.#dispatch({ type: "media", media }),
    renewed: () => this.#callStart(),
    unanswered: () => this.signaling.reconnect(),
    sampled: (sample) => this.#sampled(sample),
    measured: (statistics) => this.#listeners.statistics.emit(statistics),
    flow: (stalled) => this.#dispatch({ type: "flow", stalled }),
    speaker: (speaker) => this.#dispatch({ type: "speaker", speaker }),
  });
  #callCleanups: (() => void)[] = [];

  constructor(options: WebRTCServiceOptions) {
    this.#iceServers = options.iceServers ?? [];
    this.#socket = new Socket(options, {
      received: (message) => this.#received(message),
      stateChanged: (state) => this.#socketChanged(state),
    });
    this.#state = { ...this.#state, userId: this.#socket.userId ?? "" };
  }

  // --- what is going on ---------------------------------------------------------------

  get signaling(): SignalingClient {
    return this.#socket.client;
  }

  /**
   * The call as it stands: a new value at each change, for selectors and `useSyncExternalStore`.
   */
  get state(): CallState {
    return this.#state;
  }

  /**
   * What this device captures: for the own picture. Empty before `initializeCall` and without
   * devices.
   */
  get localStream(): MediaStream | null {
    return this.#sending?.stream ?? null;
  }

  get screenTrack(): MediaStreamTrack | null {
    return this.#sending?.screen ?? null;
  }

  /** Whether what sounds on the shared screen is shared too. */
  get hasScreenSound(): boolean {
    return this.#sending?.hasScreenSound ?? false;
  }

  remoteStream(userId: string, kind: RemoteStream["kind"]): MediaStream | null {
    return this.#media.remote.get(userId, kind);
  }

  onStateChange(listener: (state: CallState) => void): () => void {
    return this.#listeners.states.on(listener);
  }

  /**
   * Called: adds a listener for each stream of another participant when it begins, and `null` when
   * it ends.
   */
  get onRemoteStream(): Subscribe<RemoteStream> {
    return (listener) => {
      for (const remote of this.#media.remote.all()) listener(remote);
      return this.#media.remote.onChange(listener);
    };
  }

  /**
   * Assigned: a handler for one stream of each other participant, which a screen that they share
   * takes over.
   */
  set onRemoteStream(handler: Listener<MediaStream> | null) {
    this.#media.remote.persons.handler = handler;
    for (const stream of this.#media.remote.allPersons()) handler?.(stream);
  }

  /** Once: the call is over for both, whoever ended it. */
  get onCallEnded(): Subscribe<Ended> {
    return this.#listeners.endings.on;
  }

  set onCallEnded(handler: Listener<Ended> | null) {
    this.#listeners.endings.handler = handler;
  }

  get onConnectionStateChange(): Subscribe<CallConnectionState> {
    return this.#listeners.connectionStates.on;
  }

  /** Assigned: a handler that is told RTCPeerConnection's words. */
  set onConnectionStateChange(handler: Listener<RTCPeerConnectionState> | null) {
    this.#listeners.peerConnectionStates.handler = handler;
  }

  /** Bitrates, loss, delay and frames of the last seconds, while connected. */
  onStatistics(listener: (statistics: ConnectionStatistics) => void): () => void {
    return this.#listeners.statistics.on(listener);
  }

  // --- taking part --------------------------------------------------------------------

  /**
   * Prepares a call: opens the socket and asks for microphone and camera. `startCall` need not wait
   * for it.
   *
   * Resolves, when the browser has decided, with what it captures: both, one or no track at all. A
   * device that is denied, missing or busy is told in `state.problems` and does not keep anybody
   * out of the call.
   *
   * A service that was made without a user is told here who takes part. It closes its socket when
   * the call is over.
   */
  initializeCall(roomId: string, options?: CallOptions): Promise<MediaStream>;
  initializeCall(roomId: string, userId: string, options?: CallOptions): Promise<MediaStream>;
  async initializeCall(
    roomId: string,
    user: string | CallOptions = {},
    options: CallOptions = typeof user === "string" ? {} : user,
  ): Promise<MediaStream> {
    if (typeof RTCPeerConnection === "undefined") throw new CallError("unsupported");
    const userId = this.#socket.use(typeof user === "string" ? user : undefined);
    const { audioOnly = false, watching = false, devices } = options;
    const { cameraOff = false, muted = false } = options;
    const camera = !audioOnly && !cameraOff;
    this.#leave(); // another call, if this service was in one
    this.#joinedOnce = false;
    this.#ladders = new Ladders();
    this.#hadCamera = false;
    const starts = { microphone: !watching && !muted, camera: !watching && camera };
    this.#dispatch({ type: "joining", roomId, userId, audioOnly, starts });
    this.signaling.connect();
    this.#media.open();
    const sending = this.#send(devices);
    this.#callCleanups.push(
      keepAwake(),
      onReturn((cause) => cause !== "visible" && this.#media.networkChanged()),
      this.#everySample(),
    );
    await sending.open({ watching, camera, muted });
    return sending.stream;
  }

  /**
   * Joins: after `ready` (such as the HTTP request that accepts the call), as soon as the socket is
   * open, and again by itself whenever the socket comes back. Resolves when joined; rejects with
   * CallError `refused` or `not_signed_in`.
   */
  async startCall(ready: Promise<unknown> = Promise.resolve()): Promise<void> {
    await ready;
    this.#started = true;
    this.#callStart();
    await this.#settled();
  }

  /**
   * Mutes the microphone or takes that back; the other side is told. Resolves with whether it is on
   * now.
   */
  async toggleMute(): Promise<boolean> {
    await this.#sending?.toggleMute();
    return this.#state.own.microphone;
  }

  /**
   * Switches the camera off (its light goes out) or on, which ends taking part with sound only.
   * Resolves with whether it is on now.
   */
  async toggleVideo(): Promise<boolean> {
    const on = !this.#state.own.camera;
    if (on && this.#state.pictures.sound_only) this.#takePart(ALL_PICTURES);
    return (await this.#sending?.setCamera(on)) ?? false;
  }

  /**
   * Takes part with sound only: no picture is sent, and the server sends none. Undone, the camera
   * is as it was before.
   */
  async setSoundOnly(on: boolean): Promise<void> {
    if (on === this.#state.pictures.sound_only) return;
    if (on) this.#hadCamera = this.#state.own.camera;
    this.#takePart(on ? SOUND_ONLY : ALL_PICTURES);
    if (on || this.#hadCamera) await this.#sending?.setCamera(!on);
  }

  /** While no pictures are received: a shared screen all the same. */
  receiveScreen(on: boolean): void {
    this.#takePart({ screen: on });
  }

  /**
   * Lets the user pick a screen, window or tab. Rejects with CallError `screen_denied` or
   * `screen_unsupported`.
   */
  async startScreenShare(): Promise<void> {
    await this.#sending?.startScreen(this.#state);
  }

  async stopScreenShare(): Promise<void> {
    await this.#sending?.stopScreen();
  }

  /**
   * This user's decision about the recording; may be changed at any time. `text` is what was shown
   * to them: if other words are in force, the server refuses (`state.textChanged`).
   */
  setRecordingConsent(given: boolean, text?: ShownText): void {
    this.signaling.send({
      type: "recording_consent",
      room_id: this.#state.roomId,
      recording_consent: given,
      consent_text: text ?? null,
    });
    this.#dispatch({ type: "consent", given });
  }

  /**
   * Asks for a pause of the recording, or takes this user's own request back. Everybody is told who
   * asked (`state.participants`); it goes on once nobody's request stands.
   */
  askOffTheRecord(off: boolean): void {
    this.signaling.send({ type: "off_the_record", room_id: this.#state.roomId, off });
  }

  /**
   * Asks everybody whether this call may be recorded, or stops the recording for good: for its
   * provider. Why the server does not let them is in `state.switchRefusal`.
   */
  switchRecording(on: boolean): void {
    this.signaling.send({ type: "recording_switch", room_id: this.#state.roomId, on });
  }

  /** Whom else to ask into this call, and whom to take out of it: for its provider. */
  get people(): People {
    return new People(this.signaling.options, this.#state.roomId);
  }

  /** Lets the call last longer: for its provider. Rejects with ApiError. */
  async extend(minutes: number): Promise<void> {
    await extendCall(this.signaling.options, this.#state.roomId, minutes);
  }

  /**
   * Rejects with CallError `emergency_failed` if the server could not be told. The call goes on.
   */
  async raiseEmergency(): Promise<void> {
    const emergency = await raiseEmergency(this.signaling.options, this.#state.roomId);
    this.#dispatch({ type: "emergency", emergency });
  }

  /**
   * Asks again for a device that was denied, missing or lost. Resolves with whether it works now.
   */
  async retryDevice(kind: DeviceKind): Promise<boolean> {
    return (await this.#sending?.retry(kind)) ?? false;
  }

  /** Goes over to another microphone or camera. */
  async chooseDevice(kind: DeviceKind, deviceId: string, label?: string): Promise<void> {
    await this.#sending?.choose(kind, deviceId, label);
  }

  /** What the browser makes of the microphone, for speech or for music. */
  get processing(): Processing {
    return this.#sending?.processing ?? "speech";
  }

  /** Changes that. Resolves with whether the browser could. */
  async processSound(processing: Processing): Promise<boolean> {
    return (await this.#sending?.process(processing)) ?? false;
  }

  /** Whether what is behind the user is blurred. */
  get blursBackground(): boolean {
    return this.#sending?.blurs ?? false;
  }

  /** Changes that. Resolves with whether page and browser could. */
  async blurBackground(blurs: boolean): Promise<boolean> {
    return (await this.#sending?.blur(blurs)) ?? false;
  }

  /** Turns to the camera at the other side of a phone. Resolves with whether there is one. */
  async flipCamera(): Promise<boolean> {
    return (await this.#sending?.flip()) ?? false;
  }

  /**
   * Tries again from the start to connect picture and sound, such as after going over to another
   * network.
   */
  retryConnection(): void {
    if (!this.#started || isOver(this.#state)) return;
    this.#dispatch({ type: "retry" });
    this.#media.renew();
  }

  /**
   * Hangs up: for all, or for whoever is neither provider nor patient for themselves. Devices are
   * released at once; resolves when the server has confirmed, or cannot be reached.
   */
  async endCall(): Promise<void> {
    if (isOver(this.#state) || this.#state.phase === "idle") return;
    this.#dispatch({ type: "hanging_up" });
    this.signaling.send({ type: "call_end", room_id: this.#state.roomId });
    this.#sending?.release();
    await Promise.race([
      this.#ended(),
      new Promise((resolve) => setTimeout(resolve, HANG_UP_TIMEOUT_MS)),
    ]);
    this.#dispatch({ type: "hung_up" });
  }

  /**
   * Leaves without hanging up: the call waits for this user to come back, for as long as the server
   * is set to.
   */
  dispose(): void {
    this.#leave();
    this.#socket.dispose();
  }

  // --- the call's parts ---------------------------------------------------------------

  #dispatch(event: EventWithoutTime): void {
    const before = this.#state;
    this.#state = reduce(before, { ...event, at: Date.now() } as CallEvent);
    if (this.#state === before) return;
    if (isOver(this.#state) && !isOver(before)) this.#leave();
    const size = cameraSize(this.#state);
    if (size !== cameraSize(before)) void this.#media.setCameraSize(size);
    this.#listeners.changed(before, this.#state);
  }

  #send(devices: DeviceChoice | undefined): Sending {
    const sending = new Sending(devices, {
      deviceChanged: (change) => void this.#media.ownMediaChanged(change),
      screenChanged: (track) => this.#media.send("screen", track),
      soundChanged: (track) => this.#media.send("microphone", track),
      moved: (move) => this.#dispatch({ type: "device_move", move }),
      problem: ({ kind, code }) => this.#dispatch({ type: "device", kind, code }),
      changed: () => this.#ownMediaChanged(),
    });
    this.#sending = sending;
    return sending;
  }

  /** Tells page and server what is sent on purpose. */
  #ownMediaChanged(): void {
    if (this.#sending === null) return;
    this.#dispatch({ type: "own_media", own: this.#sending.own(this.#state) });
    this.#sendMediaState();
  }

  #sendMediaState(): void {
    if (!this.#joinedOnce || isOver(this.#state)) return;
    this.signaling.send({
      type: "media_state",
      room_id: this.#state.roomId,
      media: this.#state.own,
    });
  }

  /** The own network may carry more or fewer pictures than before. */
  #sampled(sample: Sample): void {
    if (!this.#joinedOnce || this.#state.stalled) return;
    const { sends, receives } = this.#ladders.update(sample, this.#state);
    const { pictures } = this.#state;
    if (sends === pictures.sends && receives === pictures.receives) return;
    const screen = pictures.screen && receives === "none";
    this.#takePart({ sends, receives, screen });
  }

  #takePart(pictures: Partial<Pictures>): void {
    this.#dispatch({ type: "pictures", pictures });
    this.#sendPictures();
  }

  #sendPictures(): void {
    if (!this.#joinedOnce || isOver(this.#state)) return;
    this.signaling.send({
      type: "pictures",
      room_id: this.#state.roomId,
      pictures: this.#state.pictures,
    });
  }

  #callStart(): void {
    if (!this.#started || isOver(this.#state) || this.signaling.state !== "open") return;
    this.signaling.send({ type: "call_start", room_id: this.#state.roomId });
  }

  #socketChanged(state: SignalingState): void {
    this.#dispatch({ type: "socket", open: state === "open" });
    if (state !== "open") this.#media.pause();
  }

  #received(message: ServerMessage): void {
    this.#dispatch({ type: "message", message });
    if (isOver(this.#state)) this.#socket.heardAfterwards(message);
    if (message.type === "welcome") this.#callStart();
    else if (message.type === "error") this.#media.refused(message);
    else if ("room_id" in message && message.room_id === this.#state.roomId)
      this.#receivedOfCall(message);
  }

  #receivedOfCall(message: ServerMessage): void {
    if (isOver(this.#state)) return;
    if (message.type === "call_joined") void this.#joined(message);
    else if (message.type === "path") this.#ladders.told(message);
    else this.#media.received(message, this.#state.participants);
  }

  async #joined(message: MessageOf<"call_joined">): Promise<void> {
    if (!this.#joinedOnce) await this.#adopt(message);
    this.#joinedOnce = true;
    const iceServers = [...this.#iceServers, ...message.ice_servers];
    const tracks = this.#sending?.tracks(this.#state) ?? [];
    await this.#media.join(iceServers, message.slots, tracks);
    this.#sendMediaState();
    this.#sendPictures();
  }

  async #adopt({ participants, audio_only }: MessageOf<"call_joined">): Promise<void> {
    const before = participants.find(({ user_id }) => user_id === this.#state.userId);
    if (before?.pictures.sound_only) this.#dispatch({ type: "pictures", pictures: SOUND_ONLY });
    if (await this.#sending?.adopt(before?.media, audio_only, this.#state))
      this.#dispatch({ type: "own_media", own: { camera: false } });
    this.#ownMediaChanged();
  }

  /** Resolves once joined, rejects once refused. */
  #settled(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const { phase, refusal } = this.#state;
        if (phase === "refused") reject(new CallError("refused", refusal?.detail));
        else if (this.signaling.state === "refused") reject(new CallError("not_signed_in"));
        else if (this.#joinedOnce || isOver(this.#state)) resolve();
        else return;
        for (const stop of stops) stop();
      };
      const stops = [this.#listeners.states.on(look), this.signaling.onStateChange(look)];
      look();
    });
  }

  #ended(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#listeners.states.on((state) => {
        if (!isOver(state)) return;
        stop();
        resolve();
      });
    });
  }

  #everySample(): () => void {
    const timer = setInterval(() => {
      this.#dispatch({ type: "tick" });
      void this.#media.measure(this.#state.media === "connected");
    }, SAMPLE_INTERVAL_MS);
    return () => clearInterval(timer);
  }

  #leave(): void {
    for (const cleanup of this.#callCleanups) cleanup();
    this.#callCleanups = [];
    this.#started = false;
    this.#media.close();
    this.#sending?.release();
  }
}
