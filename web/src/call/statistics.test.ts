import { describe, expect, it } from "vitest";
import { between, qualityOf, sample, worse } from "./statistics";

const chromium = (bytes: number, lost: number) => [
  { type: "outbound-rtp", kind: "video", bytesSent: bytes },
  { type: "outbound-rtp", kind: "audio", bytesSent: 1000 },
  {
    type: "inbound-rtp",
    kind: "video",
    bytesReceived: bytes,
    packetsReceived: bytes / 1000,
    packetsLost: lost,
    framesDecoded: bytes / 5000,
    jitter: 0.012,
  },
  { type: "remote-inbound-rtp", fractionLost: 0.02, roundTripTime: 0.05 },
  { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.04 },
  { type: "candidate-pair", nominated: false, currentRoundTripTime: 9 },
];

describe("connection statistics", () => {
  it("turns counters into rates", () => {
    const result = between(sample(chromium(0, 0), 0), sample(chromium(500_000, 25), 2_000));
    expect(result).toEqual({
      sendBps: 2_000_000,
      receiveBps: 2_000_000,
      loss: 25 / 525,
      roundTripMs: 50,
      jitterMs: 12,
      framesPerSecond: 50,
    });
    expect(qualityOf(result)).toBe("fair");
  });

  it("lives without the fields that Firefox lacks", () => {
    const bare = sample([{ type: "inbound-rtp", bytesReceived: 10 }, { type: "outbound-rtp" }], 0);
    expect(bare).toMatchObject({ bytesReceived: 10, bytesSent: 0, roundTripMs: null });
    expect(qualityOf(between(bare, { ...bare, at: 2_000 }))).toBe("excellent");
  });

  it("reads counters that went back as nothing, not as a negative rate", () => {
    const result = between(sample(chromium(500_000, 10), 0), sample(chromium(1_000, 0), 2_000));
    expect(result).toMatchObject({ sendBps: 0, receiveBps: 0, framesPerSecond: 0 });
  });

  it("is as good as the worst of loss, delay and jitter", () => {
    const good = { sendBps: 0, receiveBps: 0, loss: 0, roundTripMs: 20, jitterMs: 5, framesPerSecond: 30 };
    expect(qualityOf(good)).toBe("excellent");
    expect(qualityOf({ ...good, roundTripMs: 299 })).toBe("good");
    expect(qualityOf({ ...good, jitterMs: 100 })).toBe("fair");
    expect(qualityOf({ ...good, loss: 0.2 })).toBe("poor");
  });

  it("compares words", () => {
    expect(worse("good", "poor")).toBe("poor");
    expect(worse(null, "fair")).toBe("fair");
    expect(worse(null, null)).toBeNull();
  });
});
