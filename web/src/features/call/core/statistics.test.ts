import { describe, expect, it } from "vitest";
import { between, loudness, sample } from "./statistics";

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
  });

  it("lives without the fields that Firefox lacks", () => {
    const bare = sample([{ type: "inbound-rtp", bytesReceived: 10 }, { type: "outbound-rtp" }], 0);
    expect(bare).toMatchObject({ bytesReceived: 10, bytesSent: 0, roundTripMs: null });
  });

  it("reads counters that went back as nothing, not as a negative rate", () => {
    const result = between(sample(chromium(500_000, 10), 0), sample(chromium(1_000, 0), 2_000));
    expect(result).toMatchObject({ sendBps: 0, receiveBps: 0, framesPerSecond: 0 });
  });

  it("tells how loud each voice was, as the root mean square", () => {
    const voice = (energy: number, seconds: number) => [
      {
        type: "inbound-rtp",
        kind: "audio",
        mid: "2",
        totalAudioEnergy: energy,
        totalSamplesDuration: seconds,
      },
    ];
    expect(loudness(sample(voice(1, 10), 0), sample(voice(1.02, 10.5), 500)).get("2")).toBeCloseTo(
      0.2,
    );
    expect(loudness(sample(voice(1, 10), 0), sample(voice(1, 10), 500)).get("2")).toBe(0);
  });
});
