import { describe, expect, it } from "vitest";
import { withStartBitrate } from "./startbitrate";

const sdp = (...lines: string[]) => `${lines.join("\r\n")}\r\n`;

describe("start bitrate", () => {
  it("is put on VP8, which has no parameters of its own, and leaves Opus and RTX alone", () => {
    const rest = [
      "a=rtpmap:97 rtx/90000",
      "a=fmtp:97 apt=96",
      "a=rtpmap:111 opus/48000/2",
      "a=fmtp:111 minptime=10",
    ];
    expect(withStartBitrate(sdp("a=rtpmap:96 VP8/90000", ...rest))).toBe(
      sdp("a=rtpmap:96 VP8/90000", "a=fmtp:96 x-google-start-bitrate=1200", ...rest),
    );
  });

  it("joins the parameters of H.264", () => {
    const before = sdp("a=rtpmap:102 H264/90000", "a=fmtp:102 packetization-mode=1");
    expect(withStartBitrate(before)).toBe(
      sdp("a=rtpmap:102 H264/90000", "a=fmtp:102 packetization-mode=1;x-google-start-bitrate=1200"),
    );
  });
});
