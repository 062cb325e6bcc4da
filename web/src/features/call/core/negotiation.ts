/**
 * Offers and answers, one at a time: the browser offers, the server answers, so there is no glare
 * (RFC 8829).
 */

/** The part of RTCPeerConnection that negotiates. */
export interface SignalingPeer {
  readonly localDescription: RTCSessionDescription | null;
  createOffer(): Promise<RTCSessionDescriptionInit>;
  setLocalDescription(description: RTCSessionDescriptionInit): Promise<void>;
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  restartIce(): void;
}

export class Negotiation {
  readonly #pc: SignalingPeer;
  readonly #sendOffer: (sdp: string) => void;
  readonly #failed: (error: unknown) => void;
  #ready = false;
  #wanted = false;
  #inFlight = false;
  #joining = 0; // counts joins, so that an offer prepared for an earlier one is dropped

  /**
   * `sendOffer` hands the SDP to the socket; `failed` hears of descriptions that the browser itself
   * rejects.
   */
  constructor(
    pc: SignalingPeer,
    sendOffer: (sdp: string) => void,
    failed: (error: unknown) => void,
  ) {
    this.#pc = pc;
    this.#sendOffer = sendOffer;
    this.#failed = failed;
  }

  /**
   * Something changed. While an offer is in flight, one more follows the answer and tells all
   * changes together.
   */
  request(): void {
    this.#wanted = true;
    void this.#next();
  }

  /** New ICE credentials and paths, the same DTLS association and streams. */
  restartIce(): void {
    this.#pc.restartIce();
    this.request();
  }

  /**
   * The call is joined on a socket: offers may go out. One whose answer was lost with its socket is
   * made anew.
   */
  resume(): void {
    this.#joining += 1;
    this.#ready = true;
    this.#inFlight = false;
    this.request();
  }

  /** The socket is gone: changes are collected until `resume`. */
  pause(): void {
    this.#joining += 1;
    this.#ready = false;
  }

  /** Takes the server's answer to the offer in flight. Returns whether it now holds. */
  async answered(sdp: string): Promise<boolean> {
    if (!this.#inFlight) return false;
    const joining = this.#joining;
    const applied = await this.#attempt(() =>
      this.#pc.setRemoteDescription({ type: "answer", sdp }),
    );
    if (joining === this.#joining) this.#inFlight = false;
    if (applied) void this.#next();
    return applied;
  }

  /** The server refused the offer; `request` may try again. */
  refused(): void {
    this.#inFlight = false;
  }

  async #next(): Promise<void> {
    if (!this.#ready || !this.#wanted || this.#inFlight) return;
    this.#wanted = false;
    this.#inFlight = true;
    const joining = this.#joining;
    const described = await this.#attempt(async () =>
      this.#pc.setLocalDescription(await this.#pc.createOffer()),
    );
    if (joining !== this.#joining) return; // `resume` asks again
    const sdp = this.#pc.localDescription?.sdp;
    if (described && sdp !== undefined) this.#sendOffer(sdp);
    else this.#inFlight = false;
  }

  async #attempt(step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }
}
