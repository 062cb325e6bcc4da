/**
 * One person's part in one call: own devices, the connection to the relay, and the call as this
 * page sees it.
 *
 * Framework-free: `<VideoCall>` is one user of it, an existing platform can be another
 * (EMBEDDING.md). Listeners are added by calling `on…`, and taken off by the function that this
 * returns. Three of these can be assigned a handler as well, as the properties of an
 * RTCPeerConnection can, for platforms that were written in its words.
 */

import {
  SignalingClient,
  type SignalingOptions,
  type SignalingState,
} from "../../../shared/api/signaling/client";
import { Emitter, type Listener, type Subscribe } from "../../../shared/api/signaling/emitter";
import type {
  MessageOf,
  Participant,
  ServerMessage,
  SlotAssignment,
  Source,
} from "../../../shared/api/signaling/messages";
import { onReturn } from "../../../shared/api/signaling/returns";
import { Connection } from "./connection";
import { type CallConnectionState, connectionState, peerConnectionState } from "./connectionstate";
import type { DeviceChoice, DeviceKind } from "./devices";
import { raiseEmergency } from "./emergency";
import { CallError } from "./errors";
import { Measurements } from "./measurements";
import { httpOrigin } from "./origin";
import { People } from "./people";
import { type CallEvent, reduce } from "./reduce";
import { Sending } from "./sending";
import { type CallState, type Ended, initialState, isOver } from "./state";
import type { ConnectionStatistics } from "./statistics";
import { type RemoteStream, RemoteStreams } from "./streams";
import { keepAwake } from "./wakelock";

/** `userId` may be left to `initializeCall`. */
export interface WebRTCServiceOptions extends Partial<SignalingOptions> {
  /**
   * The socket that the page has already; without it the service opens its own and closes it with
   * `dispose`.
   */
  signaling?: SignalingClient;
  /** Origin of the carelay server, such as `wss://video.example.org`: `baseUrl` by another name. */
  signalingServer?: string;
  /** STUN and TURN servers to try beside those of the practice, which the carelay server names. */
  iceServers?: readonly RTCIceServer[];
}

export interface CallOptions {
  /** Ask for no camera. */
  audioOnly?: boolean;
  /** Ask for no device: an observer is neither heard nor seen. */
  watching?: boolean;
  /** Devices to prefer, as `listDevices()` names them. */
  devices?: DeviceChoice;
}

type EventWithoutTime = CallEvent extends infer E
  ? E extends CallEvent
    ? Omit<E, "at">
    : never
  : never;

const SAMPLE_INTERVAL_MS = 500;
const HANG_UP_TIMEOUT_MS = 3_000;

export class WebRTCService {
  readonly #options: WebRTCServiceOptions;
  readonly #remote = new RemoteStreams();
  readonly #states = new Emitter<CallState>();
  readonly #endings = new Emitter<Ended>();
  readonly #connectionStates = new Emitter<CallConnectionState>();
  readonly #peerConnectionStates = new Emitter<RTCPeerConnectionState>();
  readonly #statistics = new Emitter<ConnectionStatistics>();
  #signaling: SignalingClient | null = null;
  #cleanups: (() => void)[] = [];
  #state: CallState;
  #sending: Sending | null = null;
  #connection: Connection | null = null;
  #started = false;
  #joinedOnce = false;
  readonly #measurements = new Measurements({
    measured: (statistics) => this.#statistics.emit(statistics),
    flow: (stalled) => this.#dispatch({ type: "flow", stalled }),
    speaker: (speaker) => this.#dispatch({ type: "speaker", speaker }),
  });
  #callCleanups: (() => void)[] = [];

  constructor(options: WebRTCServiceOptions) {
    const { signalingServer, ...rest } = options;
    this.#options =
      signalingServer === undefined ? rest : { ...rest, baseUrl: httpOrigin(signalingServer) };
    const userId = options.userId ?? options.signaling?.options.userId;
    this.#state = initialState(userId ?? "");
    if (userId !== undefined) this.#signalAs(userId);
  }

  // --- what is going on ---------------------------------------------------------------

  get signaling(): SignalingClient {
    if (this.#signaling === null)
      throw new TypeError("whose call it is is not known before initializeCall");
    return this.#signaling;
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

  remoteStream(userId: string, kind: RemoteStream["kind"]): MediaStream | null {
    return this.#remote.get(userId, kind);
  }

  onStateChange(listener: (state: CallState) => void): () => void {
    return this.#states.on(listener);
  }

  /**
   * Called: adds a listener for each stream of another participant when it begins, and `null` when
   * it ends.
   */
  get onRemoteStream(): Subscribe<RemoteStream> {
    return (listener) => {
      for (const remote of this.#remote.all()) listener(remote);
      return this.#remote.onChange(listener);
    };
  }

  /**
   * Assigned: a handler for one stream of each other participant, which a screen that they share
   * takes over.
   */
  set onRemoteStream(handler: Listener<MediaStream> | null) {
    this.#remote.persons.handler = handler;
    for (const stream of this.#remote.allPersons()) handler?.(stream);
  }

  /** Once: the call is over for both, whoever ended it. */
  get onCallEnded(): Subscribe<Ended> {
    return this.#endings.on;
  }

  set onCallEnded(handler: Listener<Ended> | null) {
    this.#endings.handler = handler;
  }

  get onConnectionStateChange(): Subscribe<CallConnectionState> {
    return this.#connectionStates.on;
  }

  /** Assigned: a handler that is told RTCPeerConnection's words. */
  set onConnectionStateChange(handler: Listener<RTCPeerConnectionState> | null) {
    this.#peerConnectionStates.handler = handler;
  }

  /** Bitrates, loss, delay and frames of the last seconds, while connected. */
  onStatistics(listener: (statistics: ConnectionStatistics) => void): () => void {
    return this.#statistics.on(listener);
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
    const userId = this.#userOf(user);
    const { audioOnly = false, watching = false, devices } = options;
    this.#leave(); // another call, if this service was in one
    this.#joinedOnce = false;
    this.#measurements.forget();
    this.#signalAs(userId);
    this.#dispatch({ type: "joining", roomId, userId, audioOnly, watching });
    this.signaling.connect();
    this.#connection = this.#connect(); // its certificate takes time to make
    const sending = this.#send(devices);
    this.#callCleanups.push(
      keepAwake(),
      onReturn((cause) => cause !== "visible" && this.#connection?.networkChanged()),
      this.#everySample(),
    );
    await sending.open({ watching, camera: !audioOnly });
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

  /** Switches the camera off (its light goes out) or on. Resolves with whether it is on now. */
  async toggleVideo(): Promise<boolean> {
    return (await this.#sending?.setCamera(!this.#state.own.camera)) ?? false;
  }

  /**
   * Lets the user pick a screen, window or tab. Rejects with CallError `screen_denied` or
   * `screen_unsupported`.
   */
  async startScreenShare(): Promise<void> {
    await this.#sending?.startScreen();
  }

  async stopScreenShare(): Promise<void> {
    await this.#sending?.stopScreen();
  }

  /** This user's decision about the recording; may be changed at any time. */
  setRecordingConsent(given: boolean): void {
    const room_id = this.#state.roomId;
    this.signaling.send({ type: "recording_consent", room_id, recording_consent: given });
    this.#dispatch({ type: "consent", given });
  }

  /** Whom else to ask into this call, and whom to take out of it: for its provider. */
  get people(): People {
    return new People(this.signaling.options, this.#state.roomId);
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
  async chooseDevice(kind: DeviceKind, deviceId: string): Promise<void> {
    await this.#sending?.choose(kind, deviceId);
  }

  /**
   * Tries again from the start to connect picture and sound, such as after going over to another
   * network.
   */
  retryConnection(): void {
    if (this.#connection === null || isOver(this.#state)) return;
    this.#dispatch({ type: "retry" });
    this.#rebuild();
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
    for (const cleanup of this.#cleanups) cleanup();
    this.#leave();
    if (this.#options.signaling === undefined) this.#signaling?.close();
  }

  // --- the call's parts ---------------------------------------------------------------

  #dispatch(event: EventWithoutTime): void {
    const before = this.#state;
    this.#state = reduce(before, { ...event, at: Date.now() } as CallEvent);
    if (this.#state === before) return;
    if (isOver(this.#state) && !isOver(before)) this.#leave();
    this.#states.emit(this.#state);
    const connection = connectionState(this.#state);
    if (connection !== connectionState(before)) this.#connectionStates.emit(connection);
    const peer = peerConnectionState(this.#state);
    if (peer !== peerConnectionState(before)) this.#peerConnectionStates.emit(peer);
    if (this.#state.ended !== null && before.ended === null) this.#endings.emit(this.#state.ended);
  }

  #userOf(user: string | CallOptions): string {
    const known = this.#signaling?.options.userId;
    const userId = typeof user === "string" ? user : known;
    if (userId === undefined)
      throw new TypeError("neither WebRTCService nor initializeCall was told the user");
    if (known !== undefined && known !== userId)
      throw new TypeError(`this service takes part as ${known}, not as ${userId}`);
    return userId;
  }

  #signalAs(userId: string): void {
    if (this.#signaling !== null) return;
    const signaling = this.#options.signaling ?? new SignalingClient({ ...this.#options, userId });
    this.#signaling = signaling;
    this.#state = { ...this.#state, socketOpen: signaling.state === "open" };
    this.#cleanups = [
      signaling.onMessage((message) => this.#received(message)),
      signaling.onStateChange((state) => this.#socketChanged(state)),
    ];
  }

  #connect(): Connection {
    return new Connection(
      {
        sendOffer: (sdp, sources) => this.#sendOffer(sdp, sources),
        stateChanged: (media) => this.#dispatch({ type: "media", media }),
        beyondRepair: () => this.#rebuild(),
        unanswered: () => this.signaling.reconnect(),
      },
      this.#remote,
    );
  }

  #sendOffer(sdp: string, sources: Record<string, Source>): void {
    this.signaling.send({ type: "offer", room_id: this.#state.roomId, sdp, sources });
  }

  /**
   * A new DTLS association tells the server that this is another connection (it compares
   * fingerprints).
   */
  #rebuild(): void {
    this.#connection?.close();
    this.#connection = this.#connect();
    this.#measurements.forget();
    this.#callStart();
  }

  #send(devices: DeviceChoice | undefined): Sending {
    const sending = new Sending(devices, {
      deviceChanged: (change) => void this.#connection?.ownMediaChanged(change),
      screenChanged: async (track) => this.#connection?.send("screen", track),
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

  #callStart(): void {
    if (!this.#started || isOver(this.#state) || this.signaling.state !== "open") return;
    this.signaling.send({ type: "call_start", room_id: this.#state.roomId });
  }

  #socketChanged(state: SignalingState): void {
    this.#dispatch({ type: "socket", open: state === "open" });
    if (state !== "open") this.#connection?.pause();
  }

  #received(message: ServerMessage): void {
    this.#dispatch({ type: "message", message });
    if (isOver(this.#state)) this.#heardAfterwards(message);
    if (message.type === "welcome") this.#callStart();
    else if (message.type === "error") this.#refused(message);
    else if ("room_id" in message && message.room_id === this.#state.roomId)
      this.#negotiate(message);
  }

  /**
   * A platform that names the user with the call may never dispose: its socket goes once a hang-up
   * is sent.
   */
  #heardAfterwards({ type }: ServerMessage): void {
    const { userId, signaling } = this.#options;
    if (userId === undefined && signaling === undefined && type !== "welcome")
      this.signaling.close();
  }

  #negotiate(message: ServerMessage): void {
    if (isOver(this.#state)) return;
    const arriving = () =>
      withoutRests("assignments" in message ? message.assignments : [], this.#state.participants);
    if (message.type === "call_joined") void this.#joined(message);
    else if (message.type === "answer") void this.#connection?.answered(message.sdp, arriving());
    else if (message.type === "need_offer") this.#connection?.needOffer(message.slots);
    else if (message.type === "participants") this.#connection?.assign(arriving());
  }

  #refused({ in_reply_to, code }: MessageOf<"error">): void {
    if (in_reply_to === "offer") this.#connection?.refused(code === "bad_offer");
  }

  async #joined(message: MessageOf<"call_joined">): Promise<void> {
    if (!this.#joinedOnce) await this.#adopt(message);
    this.#joinedOnce = true;
    const iceServers = [...(this.#options.iceServers ?? []), ...message.ice_servers];
    await this.#connection?.join(
      iceServers,
      message.slots,
      this.#sending?.tracks(this.#state) ?? [],
    );
    this.#sendMediaState();
  }

  async #adopt({ participants, audio_only }: MessageOf<"call_joined">): Promise<void> {
    const before = participants.find(({ user_id }) => user_id === this.#state.userId)?.media;
    if (await this.#sending?.adopt(before, audio_only, this.#state))
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
      const stops = [this.#states.on(look), this.signaling.onStateChange(look)];
      look();
    });
  }

  #ended(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#states.on((state) => {
        if (!isOver(state)) return;
        stop();
        resolve();
      });
    });
  }

  #everySample(): () => void {
    const timer = setInterval(() => void this.#measure(), SAMPLE_INTERVAL_MS);
    return () => clearInterval(timer);
  }

  async #measure(): Promise<void> {
    this.#dispatch({ type: "tick" });
    const connection = this.#connection;
    if (connection === null || this.#state.media !== "connected") this.#measurements.forget();
    else await this.#measurements.sample(connection, () => connection === this.#connection);
  }

  #leave(): void {
    for (const cleanup of this.#callCleanups) cleanup();
    this.#callCleanups = [];
    this.#started = false;
    this.#connection?.close();
    this.#connection = null;
    this.#sending?.close();
    this.#remote.clear();
  }
}

/** A slot stays with whoever shared a screen last; between two times nothing arrives on it. */
function withoutRests(
  assignments: readonly SlotAssignment[],
  participants: readonly Participant[],
): SlotAssignment[] {
  const sharing = participants.filter(({ media }) => media.screen).map(({ user_id }) => user_id);
  return assignments.filter(
    ({ source, user_id }) => source !== "screen" || sharing.includes(user_id),
  );
}
