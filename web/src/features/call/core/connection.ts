/**
 * One RTCPeerConnection to the relay, from its first offer to its replacement, kept alive across
 * lost paths.
 */

import type {
  PictureSize,
  SlotAssignment,
  Slots,
  Source,
} from "../../../shared/api/signaling/messages";
import type { OwnMediaChange } from "./devices";
import { type AnyIceServer, setIceServers } from "./iceservers";
import { MediaLines } from "./lines";
import { Negotiation } from "./negotiation";
import { remedy } from "./recovery";
import { withStartBitrate } from "./startbitrate";
import { type Sample, sample } from "./statistics";
import type { RemoteStreams } from "./streams";

const ANSWER_TIMEOUT_MS = 10_000;
const OFFERS_BEFORE_REBUILD = 3;

export interface ConnectionListener {
  sendOffer(sdp: string, sources: Record<string, Source>): void;
  stateChanged(state: RTCPeerConnectionState): void;
  /** Nothing that this connection can do helps any more: make another. */
  beyondRepair(): void;
  /** The server did not answer an offer: the socket is probably dead. */
  unanswered(): void;
}

export class Connection {
  readonly #pc: RTCPeerConnection;
  readonly #lines: MediaLines;
  readonly #negotiation: Negotiation;
  readonly #listener: ConnectionListener;
  readonly #remote: RemoteStreams;
  #assignments: readonly SlotAssignment[] = [];
  #remedies = 0;
  #refusals = 0;
  #repair: ReturnType<typeof setTimeout> | undefined;
  #answerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(listener: ConnectionListener, remote: RemoteStreams) {
    this.#listener = listener;
    this.#remote = remote;
    this.#pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
    this.#lines = new MediaLines(this.#pc);
    this.#negotiation = new Negotiation(
      this.#pc,
      (sdp) => this.#offer(sdp),
      () => this.#refusedOnce(),
    );
    this.#pc.onconnectionstatechange = () => this.#stateChanged();
  }

  get state(): RTCPeerConnectionState {
    return this.#pc.connectionState;
  }

  /**
   * Joined on a socket: offers everything there is to send and as many receiving lines as the
   * server needs.
   */
  async join(
    iceServers: readonly AnyIceServer[],
    slots: Slots,
    tracks: readonly OwnTrack[],
  ): Promise<void> {
    setIceServers(this.#pc, iceServers);
    this.#lines.expect(slots);
    for (const { source, track } of tracks) await this.#lines.send(source, track);
    this.#lines.receive(slots);
    this.#negotiation.resume();
  }

  /** The socket is gone; media flows on meanwhile. */
  pause(): void {
    clearTimeout(this.#answerTimer);
    this.#negotiation.pause();
  }

  needOffer(slots: Slots): void {
    this.#lines.expect(slots);
    this.#lines.receive(slots);
    // Also without new lines: the room may have agreed on another codec.
    this.#negotiation.request();
  }

  async send(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (track === null && !this.#lines.has(source)) return;
    if (await this.#lines.send(source, track)) this.#negotiation.request();
  }

  async ownMediaChanged({ kind, track }: OwnMediaChange): Promise<void> {
    if (this.#lines.has(kind)) await this.#lines.send(kind, track);
  }

  /** How large a picture of the camera is sent from now on. */
  async setCameraSize(size: PictureSize): Promise<void> {
    await this.#lines.setCameraSize(size);
  }

  async answered(sdp: string, assignments: readonly SlotAssignment[]): Promise<void> {
    clearTimeout(this.#answerTimer);
    // Until newer ones come, such as while the answer is being applied.
    this.#assignments = assignments;
    if (!(await this.#negotiation.answered(withStartBitrate(sdp)))) return;
    this.#refusals = 0;
    this.assign(this.#assignments);
    await this.#lines.tune();
  }

  /**
   * The server refused the last offer; `for ever` if any other offer of this browser would be
   * refused, too.
   */
  refused(forever: boolean): void {
    clearTimeout(this.#answerTimer);
    this.#negotiation.refused();
    if (!forever) this.#refusedOnce();
  }

  assign(assignments: readonly SlotAssignment[]): void {
    this.#assignments = assignments;
    this.#remote.assign(this.#assignments, (mid) => this.#lines.incoming(mid));
  }

  /** The network changed under us: look for a new path before the old one is missed. */
  networkChanged(): void {
    if (this.state !== "new" && this.state !== "closed") this.#negotiation.restartIce();
  }

  async sample(now: number): Promise<Sample> {
    const report = await this.#pc.getStats();
    return sample([...report.values()], now);
  }

  /** Whose voice arrives on a receiving m-line. */
  voiceOn(mid: string): string | null {
    const found = this.#assignments.find(
      (each) => each.mid === mid && each.source === "microphone",
    );
    return found?.user_id ?? null;
  }

  close(): void {
    clearTimeout(this.#repair);
    clearTimeout(this.#answerTimer);
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  #offer(sdp: string): void {
    clearTimeout(this.#answerTimer);
    this.#answerTimer = setTimeout(() => this.#listener.unanswered(), ANSWER_TIMEOUT_MS);
    this.#listener.sendOffer(sdp, this.#lines.sources());
  }

  #refusedOnce(): void {
    this.#refusals += 1;
    if (this.#refusals >= OFFERS_BEFORE_REBUILD) this.#listener.beyondRepair();
    else this.#later(500 * this.#refusals, () => this.#negotiation.request());
  }

  #stateChanged(): void {
    const state = this.state;
    if (state === "connected") this.#works();
    else this.#mend(state);
    this.#listener.stateChanged(state);
  }

  #works(): void {
    this.#remedies = 0;
    clearTimeout(this.#repair);
  }

  #mend(state: RTCPeerConnectionState): void {
    const next = remedy(state, this.#remedies, Math.random());
    if (next.action === "none") return;
    this.#later(next.afterMs, () => {
      if (this.state === "connected") return;
      this.#remedies += 1;
      if (next.action === "rebuild") this.#listener.beyondRepair();
      else this.#restart();
    });
  }

  /** Tries a path, and if it leads nowhere (states do not always change again) the next remedy. */
  #restart(): void {
    this.#negotiation.restartIce();
    this.#later(5_000, () => this.#mend(this.state === "connected" ? "connected" : "failed"));
  }

  #later(ms: number, step: () => void): void {
    clearTimeout(this.#repair);
    this.#repair = setTimeout(step, ms);
  }
}

export interface OwnTrack {
  source: Source;
  track: MediaStreamTrack | null;
}
