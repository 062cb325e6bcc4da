import { beforeEach, describe, expect, it } from "vitest";
import { Negotiation, type SignalingPeer } from "./negotiation";

/** A peer connection that only numbers its offers. */
class NumberingPeer implements SignalingPeer {
  localDescription: RTCSessionDescription | null = null;
  answers: string[] = [];
  restarts = 0;
  failNext = false;
  #offers = 0;

  async createOffer(): Promise<RTCSessionDescriptionInit> {
    if (this.failNext) {
      this.failNext = false;
      throw new Error("InvalidStateError");
    }
    this.#offers += 1;
    return { type: "offer", sdp: `offer ${this.#offers}` };
  }

  async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.localDescription = description as RTCSessionDescription;
  }

  async setRemoteDescription({ sdp = "" }: RTCSessionDescriptionInit): Promise<void> {
    this.answers.push(sdp);
  }

  restartIce(): void {
    this.restarts += 1;
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

describe("negotiation", () => {
  let peer: NumberingPeer;
  let sent: string[];
  let failures: unknown[];
  let negotiation: Negotiation;

  beforeEach(() => {
    peer = new NumberingPeer();
    sent = [];
    failures = [];
    negotiation = new Negotiation(
      peer,
      (sdp) => sent.push(sdp),
      (error) => failures.push(error),
    );
  });

  it("offers nothing before the call is joined", async () => {
    negotiation.request();
    await settle();
    expect(sent).toEqual([]);
    negotiation.resume();
    await settle();
    expect(sent).toEqual(["offer 1"]);
  });

  it("has one offer in flight; all that changes meanwhile goes into one more", async () => {
    negotiation.resume();
    await settle();
    negotiation.request();
    negotiation.request();
    await settle();
    expect(sent).toEqual(["offer 1"]);
    expect(await negotiation.answered("answer 1")).toBe(true);
    await settle();
    expect(sent).toEqual(["offer 1", "offer 2"]);
    await negotiation.answered("answer 2");
    await settle();
    expect(sent).toHaveLength(2);
  });

  it("offers anew when the socket went before the answer came", async () => {
    negotiation.resume();
    await settle();
    negotiation.pause();
    negotiation.resume();
    await settle();
    expect(sent).toEqual(["offer 1", "offer 2"]);
  });

  it("drops an offer that was being prepared for a socket that is gone", async () => {
    negotiation.resume();
    negotiation.pause();
    await settle();
    expect(sent).toEqual([]);
    negotiation.resume();
    await settle();
    expect(sent).toHaveLength(1);
  });

  it("ignores an answer that nobody waits for", async () => {
    expect(await negotiation.answered("stray")).toBe(false);
    expect(peer.answers).toEqual([]);
  });

  it("tries again after a refusal only when asked to", async () => {
    negotiation.resume();
    await settle();
    negotiation.refused();
    await settle();
    expect(sent).toHaveLength(1);
    negotiation.request();
    await settle();
    expect(sent).toHaveLength(2);
  });

  it("tells what the browser rejects and can go on", async () => {
    peer.failNext = true;
    negotiation.resume();
    await settle();
    expect(failures).toHaveLength(1);
    negotiation.request();
    await settle();
    expect(sent).toEqual(["offer 1"]);
  });

  it("restarts ICE with an offer", async () => {
    negotiation.resume();
    await settle();
    await negotiation.answered("answer 1");
    negotiation.restartIce();
    await settle();
    expect(peer.restarts).toBe(1);
    expect(sent).toHaveLength(2);
  });
});
