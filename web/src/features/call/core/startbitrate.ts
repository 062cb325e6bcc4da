/** Where Chromium's bandwidth estimate begins. */

/**
 * Left to itself Chromium begins at 300 kbit/s, drops to 320x180 for that and takes half a minute
 * to climb back although the estimate is right after one second (measured). It reads this parameter
 * from the answer; others ignore it.
 */
const START_KBPS = 1_200;

const VIDEO_CODEC = /^a=rtpmap:(\d+) (?:VP8|H264)\/90000$/;

/** The answer with the parameter on each video codec (`a=fmtp`, RFC 8866 §6.15). */
export function withStartBitrate(sdp: string): string {
  const lines = sdp.split("\r\n");
  const payloadTypes = lines.flatMap((line) => VIDEO_CODEC.exec(line)?.[1] ?? []);
  const described = new Set(lines.flatMap((line) => /^a=fmtp:(\d+) /.exec(line)?.[1] ?? []));
  const extended = lines.flatMap((line) => {
    const [, format] = /^a=fmtp:(\d+) /.exec(line) ?? [];
    if (format !== undefined && payloadTypes.includes(format)) return [`${line};${PARAMETER}`];
    const bare = VIDEO_CODEC.exec(line)?.[1];
    return bare !== undefined && !described.has(bare)
      ? [line, `a=fmtp:${bare} ${PARAMETER}`]
      : [line];
  });
  return extended.join("\r\n");
}

const PARAMETER = `x-google-start-bitrate=${START_KBPS}`;
