/**
 * The media of one call: a connection to the relay, another one where that is beyond repair, what
 * arrives and what is measured of it.
 */

import type {
  MessageOf,
  Participant,
  PictureSize,
  ServerMessage,
  SlotAssignment,
  Slots,
  Source,
} from "../../../shared/api/signaling/messages";
import { Connection, type OwnTrack } from "./connection";
import type { OwnMediaChange } from "./devices";
import type { AnyIceServer } from "./iceservers";
import { Measurements, type MeasurementsListener } from "./measurements";
import { RemoteStreams } from "./streams";

export interface MediaListener extends MeasurementsListener {
  sendOffer(sdp: string, sources: Record<string, Source>): void;
  stateChanged(state: RTCPeerConnectionState): void;
  /** Another connection has been made, for which the call is to be joined again. */
  renewed(): void;
  /** The server did not answer an offer: the socket is probably dead. */
  unanswered(): void;
}

export class Media {
  readonly remote = new RemoteStreams();
  readonly #listener: MediaListener;
  readonly #measurements: Measurements;
  #connection: Connection | null = null;
  #cameraSize: PictureSize = "full";

  constructor(listener: MediaListener) {
    this.#listener = listener;
    this.#measurements = new Measurements(listener);
  }

  /** Makes a connection that nothing is sent on yet: its certificate takes time to make. */
  open(): void {
    this.#measurements.forget();
    this.#connection = new Connection(
      {
        sendOffer: (sdp, sources) => this.#listener.sendOffer(sdp, sources),
        stateChanged: (state) => this.#listener.stateChanged(state),
        beyondRepair: () => this.renew(),
        unanswered: () => this.#listener.unanswered(),
      },
      this.remote,
    );
    void this.#connection.setCameraSize(this.#cameraSize);
  }

  /**
   * A new DTLS association tells the server that this is another connection (it compares
   * fingerprints).
   */
  renew(): void {
    this.#connection?.close();
    this.open();
    this.#listener.renewed();
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
    this.remote.clear();
  }

  /** Joined on a socket: offers all that there is to send, and lines for all that is to come. */
  async join(
    iceServers: readonly AnyIceServer[],
    slots: Slots,
    tracks: readonly OwnTrack[],
  ): Promise<void> {
    await this.#connection?.join(iceServers, slots, tracks);
  }

  /** The socket is gone; media flow on meanwhile. */
  pause(): void {
    this.#connection?.pause();
  }

  networkChanged(): void {
    this.#connection?.networkChanged();
  }

  async send(source: Source, track: MediaStreamTrack | null): Promise<void> {
    await this.#connection?.send(source, track);
  }

  /** How large a picture of the camera is sent from now on, by other connections too. */
  async setCameraSize(size: PictureSize): Promise<void> {
    this.#cameraSize = size;
    await this.#connection?.setCameraSize(size);
  }

  async ownMediaChanged(change: OwnMediaChange): Promise<void> {
    await this.#connection?.ownMediaChanged(change);
  }

  /** What the server says of the media of this call, in which these take part. */
  received(message: ServerMessage, participants: readonly Participant[]): void {
    const arriving = () =>
      withoutRests("assignments" in message ? message.assignments : [], participants);
    if (message.type === "answer") void this.#connection?.answered(message.sdp, arriving());
    else if (message.type === "need_offer") this.#connection?.needOffer(message.slots);
    else if (message.type === "participants") this.#connection?.assign(arriving());
  }

  refused({ in_reply_to, code }: MessageOf<"error">): void {
    if (in_reply_to === "offer") this.#connection?.refused(code === "bad_offer");
  }

  /** `connected`: there is something to be measured. */
  async measure(connected: boolean): Promise<void> {
    const connection = this.#connection;
    if (connection === null || !connected) this.#measurements.forget();
    else await this.#measurements.sample(connection, () => connection === this.#connection);
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
