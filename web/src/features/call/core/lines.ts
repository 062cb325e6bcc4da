/** The m-lines of one RTCPeerConnection: what is sent on which, and the slots to receive on. */
import type { PictureSize, Slots, Source } from "../../../shared/api/signaling/messages";

const MAX_BITRATE_BPS: Record<Source, number> = {
  microphone: 48_000, // Opus speech with FEC; more is not heard
  camera: 2_500_000, // the relay's own cap for 720p
  screen: 2_500_000,
};

/**
 * The camera in a room of three or more, the largest first: 1280x720, 640x360, 320x180. Two of the
 * smallest and two voices fit into 300 kbit/s with all headers. A room of two has no use for them.
 */
const CAMERA_LAYERS: RTCRtpEncodingParameters[] = [
  { rid: "f", maxBitrate: MAX_BITRATE_BPS.camera },
  { rid: "h", maxBitrate: 400_000, scaleResolutionDownBy: 2 },
  { rid: "q", maxBitrate: 60_000, scaleResolutionDownBy: 4, maxFramerate: 15 },
];

/** What is sent instead, without layers, where a network carries no more. */
const SMALL = { side: 180, maxBitrate: 100_000, maxFramerate: 15 };

/**
 * Video codecs offered, in order: the server answers VP8 unless it prefers H.264. Fewer codecs, a
 * smaller offer.
 */
const VIDEO_CODECS = ["video/vp8", "video/h264", "video/rtx"];

export class MediaLines {
  readonly #pc: RTCPeerConnection;
  readonly #sending = new Map<Source, RTCRtpTransceiver>();
  readonly #receiving: Record<"audio" | "video", RTCRtpTransceiver[]> = { audio: [], video: [] };

  #layered = false;
  #cameraSize: PictureSize = "full";

  constructor(pc: RTCPeerConnection) {
    this.#pc = pc;
  }

  /**
   * Puts the track on the source's m-line, making the line if need be; null keeps the line and
   * sends nothing. Returns whether an offer is needed for it.
   */
  async send(source: Source, track: MediaStreamTrack | null): Promise<boolean> {
    if (this.#pc.signalingState === "closed") return false;
    const line = this.#sending.get(source);
    if (line !== undefined) {
      // The server has no codec in common with this browser.
      if (line.currentDirection === "stopped") return false;
      await line.sender.replaceTrack(track);
      return false;
    }
    this.#add(source, track);
    return true;
  }

  #add(source: Source, track: MediaStreamTrack | null): void {
    const kind = source === "microphone" ? "audio" : "video";
    const line = this.#pc.addTransceiver(track ?? kind, {
      direction: "sendonly",
      sendEncodings:
        source === "camera" && this.#layered
          ? CAMERA_LAYERS
          : [{ maxBitrate: MAX_BITRATE_BPS[source] }],
    });
    if (kind === "video") preferCodecs(line);
    this.#sending.set(source, line);
  }

  /**
   * The room's size, told before lines are added. A camera that was sent for a room of two moves to
   * another m-line when the room grows: one that was answered without layers never gets them
   * (WebRTC 5.2 removes its encodings). The old line rests, for Chromium offers the new one only
   * the header extensions of lines that are not stopped (measured). Returns whether an offer is
   * needed for it.
   */
  expect(slots: Slots): boolean {
    if (this.#layered || slots.audio < 2) return false;
    this.#layered = true;
    const line = this.#sending.get("camera");
    if (line === undefined) return false;
    const { track } = line.sender;
    line.direction = "inactive";
    void line.sender.replaceTrack(null);
    this.#add("camera", track);
    return true;
  }

  has(source: Source): boolean {
    return this.#sending.has(source);
  }

  /**
   * Adds receiving m-lines until there are as many as the server needs. Returns whether any was
   * added.
   */
  receive(slots: Slots): boolean {
    let added = false;
    for (const kind of ["audio", "video"] as const) {
      while (this.#receiving[kind].length < slots[kind]) {
        const line = this.#pc.addTransceiver(kind, { direction: "recvonly" });
        if (kind === "video") preferCodecs(line);
        this.#receiving[kind].push(line);
        added = true;
      }
    }
    return added;
  }

  /**
   * Which source each sending m-line carries; mids exist once the offer is the local description.
   */
  sources(): Record<string, Source> {
    const sources: Record<string, Source> = {};
    for (const [source, line] of this.#sending) {
      if (line.mid !== null) sources[line.mid] = source;
    }
    return sources;
  }

  /** The track that arrives on a receiving m-line. */
  incoming(mid: string): MediaStreamTrack | null {
    const lines = [...this.#receiving.audio, ...this.#receiving.video];
    return lines.find((line) => line.mid === mid)?.receiver.track ?? null;
  }

  /** How large a picture of the camera is sent from now on. */
  async setCameraSize(size: PictureSize): Promise<void> {
    this.#cameraSize = size;
    await this.tune();
  }

  /**
   * Under pressure a face stays fluid and a screen stays sharp. Browsers without the field ignore
   * it.
   */
  async tune(): Promise<void> {
    await this.#tune("camera", "maintain-framerate");
    await this.#tune("screen", "maintain-resolution");
  }

  async #tune(source: Source, preference: RTCDegradationPreference): Promise<void> {
    const sender = this.#sending.get(source)?.sender;
    const parameters = sender?.getParameters();
    if (sender === undefined || parameters === undefined || parameters.encodings?.length === 0)
      return;
    parameters.degradationPreference = preference;
    if (source === "camera")
      parameters.encodings = sized(parameters.encodings, this.#cameraSize, sender.track);
    await sender.setParameters(parameters).catch(() => undefined);
  }
}

/** Of several layers the smallest is the small picture. */
export function sized(
  encodings: RTCRtpEncodingParameters[],
  size: PictureSize,
  track: Pick<MediaStreamTrack, "getSettings"> | null,
): RTCRtpEncodingParameters[] {
  if (encodings.length > 1)
    return encodings.map((layer, at) => ({
      ...layer,
      active: size === "full" || (size === "small" && at === encodings.length - 1),
    }));
  return encodings.map(({ maxFramerate: _, ...encoding }) => ({
    ...encoding,
    active: size !== "none",
    scaleResolutionDownBy: 1,
    maxBitrate: MAX_BITRATE_BPS.camera,
    ...(size === "small" && {
      scaleResolutionDownBy: Math.max(1, shorterSide(track) / SMALL.side),
      maxBitrate: SMALL.maxBitrate,
      maxFramerate: SMALL.maxFramerate,
    }),
  }));
}

function shorterSide(track: Pick<MediaStreamTrack, "getSettings"> | null): number {
  const { width = 0, height = 0 } = track?.getSettings() ?? {};
  return Math.min(width, height);
}

function preferCodecs(line: RTCRtpTransceiver): void {
  const offered = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
  const rank = (codec: RTCRtpCodec) => VIDEO_CODECS.indexOf(codec.mimeType.toLowerCase());
  const kept = offered.filter((codec) => rank(codec) >= 0).sort((a, b) => rank(a) - rank(b));
  if (kept.length > 0 && "setCodecPreferences" in line) line.setCodecPreferences(kept);
}
