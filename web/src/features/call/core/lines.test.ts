import { beforeEach, describe, expect, it, vi } from "vitest";
import { MediaLines } from "./lines";

interface Line {
  mid: string | null;
  sender: { track: unknown; replaceTrack: (track: unknown) => Promise<void> };
  direction: string;
  encodings: RTCRtpEncodingParameters[];
}

/** As much of a connection as its lines need. */
class Lines {
  signalingState = "stable";
  added: Line[] = [];

  addTransceiver(
    track: unknown,
    { direction = "sendonly", sendEncodings = [] }: RTCRtpTransceiverInit,
  ): Line {
    const line: Line = {
      mid: String(this.added.length),
      sender: {
        track: typeof track === "string" ? null : track,
        replaceTrack: async (next) => {
          line.sender.track = next;
        },
      },
      direction,
      encodings: sendEncodings,
    };
    this.added.push(line);
    return line;
  }
}

const face = { kind: "video" } as MediaStreamTrack;
const TWO = { audio: 1, video: 2 };
const THREE = { audio: 2, video: 3 };

describe("the camera's layers", () => {
  let pc: Lines;
  let lines: MediaLines;

  beforeEach(() => {
    vi.stubGlobal("RTCRtpReceiver", { getCapabilities: () => null });
    pc = new Lines();
    lines = new MediaLines(pc as unknown as RTCPeerConnection);
  });

  it("is one in a room of two", async () => {
    expect(lines.expect(TWO)).toBe(false);
    await lines.send("camera", face);
    expect(pc.added[0]?.encodings).toEqual([{ maxBitrate: 2_500_000 }]);
  });

  it("are three in a room of three, the largest first, and the screen has one", async () => {
    expect(lines.expect(THREE)).toBe(false);
    await lines.send("camera", face);
    await lines.send("screen", face);
    expect(
      pc.added[0]?.encodings.map(({ rid, scaleResolutionDownBy }) => [rid, scaleResolutionDownBy]),
    ).toEqual([
      ["f", undefined],
      ["h", 2],
      ["q", 4],
    ]);
    expect(pc.added[1]?.encodings).toHaveLength(1);
  });

  it("come with another m-line when the room grows, once", async () => {
    await lines.send("camera", face);
    expect(lines.expect(THREE)).toBe(true);
    expect(pc.added[0]?.direction).toBe("inactive");
    expect(pc.added[0]?.sender.track).toBeNull();
    expect(pc.added[1]?.sender.track).toBe(face);
    expect(pc.added[1]?.encodings).toHaveLength(3);
    expect(lines.sources()).toEqual({ 1: "camera" });
    expect(lines.expect({ audio: 3, video: 4 })).toBe(false);
    expect(lines.expect(TWO)).toBe(false);
  });
});
