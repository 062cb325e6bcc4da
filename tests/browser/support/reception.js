// What a page received of the other's sound and picture, as its browser counts it, and what the
// server counted of the way.

/** @typedef {import("puppeteer-core").Page} Page */

/**
 * Sums of the browser's own statistics (https://www.w3.org/TR/webrtc-stats/) since its connection
 * began. `retransmissions` is none in Firefox, which does not count them. `sounds` are packets of
 * sound, and `missing` those that did not come. `still` is measured by the frames that the page
 * shows, s: browsers count a freeze only once it is over.
 * @typedef {{at: number, encoded: number, frames: number, freezes: number, frozen: number, bytes:
 *   number, plis: number,
 *   retransmissions: number | null, sounds: number, missing: number, samples: number,
 *   concealed: number, still: number}} Received
 */

/**
 * The server's counters of one track. `lost` is before repair. `nacks` are packets asked for again
 * and `plis` keyframes asked for: up by the server, down by the browser. `resent` went out again
 * (down) or came again (up, where browsers also probe the path with packets that nobody missed).
 * @typedef {{packets: number, lost: number, nacks: number, resent: number, plis: number}} Counted
 */

/** From the next page that it loads on. @param {Page} page */
export async function observe(page) {
  await page.evaluateOnNewDocument(keep);
}

/**
 * Runs in the page: keeps its connections, and how long the other's picture stands still at most.
 */
function keep() {
  const kept = Object.assign(window, {
    connections: /** @type {RTCPeerConnection[]} */ ([]),
    shownAt: 0,
    still: 0,
  });
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      kept.connections.push(this);
    }
  };
  let watched = /** @type {HTMLVideoElement | null} */ (null);
  const shown = () => {
    kept.still = Math.max(kept.still, performance.now() - kept.shownAt);
    kept.shownAt = performance.now();
    watched?.requestVideoFrameCallback(shown);
  };
  setInterval(() => {
    const video = /** @type {HTMLVideoElement | null} */ (
      document.querySelector('section[data-call-phase] video:not([aria-label="You"])')
    );
    if (video !== watched) (watched = video)?.requestVideoFrameCallback(shown);
  }, 100);
}

/** Forgets how long the picture stood still until now. @param {Page} page */
export async function forgetStill(page) {
  await page.evaluate(() => void Object.assign(window, { still: 0, shownAt: performance.now() }));
}

/** @param {Page} page @returns {Promise<Received>} */
export function received(page) {
  return page.evaluate(async () => {
    const { connections, shownAt, still } = /** @type {any} */ (window);
    const entries = await Promise.all(
      connections.map((/** @type {RTCPeerConnection} */ one) => one.getStats()),
    );
    const all = entries.flatMap((report) => [...report.values()]);
    /** @param {string} type @param {string} field */
    const sum = (type, field) =>
      all
        .filter((stats) => stats.type === type)
        .reduce((total, stats) => total + (stats[field] ?? 0), 0);
    const video = all.filter((stats) => stats.type === "inbound-rtp" && stats.kind === "video");
    const audio = all.filter((stats) => stats.type === "inbound-rtp" && stats.kind === "audio");
    const retransmissions = video
      .map((stats) => stats.retransmittedPacketsReceived)
      .filter((value) => value !== undefined);
    const at = performance.now();
    return {
      at: at / 1000,
      encoded: sum("outbound-rtp", "framesEncoded"),
      frames: sum("inbound-rtp", "framesDecoded"),
      freezes: sum("inbound-rtp", "freezeCount"),
      frozen: sum("inbound-rtp", "totalFreezesDuration"),
      bytes: video.reduce((total, stats) => total + stats.bytesReceived, 0),
      plis: sum("inbound-rtp", "pliCount"),
      retransmissions: retransmissions.length
        ? retransmissions.reduce((total, value) => total + value, 0)
        : null,
      sounds: audio.reduce((total, stats) => total + stats.packetsReceived, 0),
      missing: audio.reduce((total, stats) => total + stats.packetsLost, 0),
      samples: sum("inbound-rtp", "totalSamplesReceived"),
      concealed: sum("inbound-rtp", "concealedSamples"),
      still: Math.max(still, at - shownAt) / 1000,
    };
  });
}

/**
 * Of what one side of the only call sends up, or gets down.
 * @param {(path: string) => Promise<Response>} ops the API as ops see it
 * @param {string} role
 * @param {"up" | "down"} direction
 * @param {"camera" | "microphone"} [source]
 * @returns {Promise<Counted>}
 */
export async function counted(ops, role, direction, source = "camera") {
  const { rooms } = await (await ops("ops/rooms")).json();
  const side = rooms[0].participants.find((/** @type {any} */ one) => one.role === role);
  const track = side.tracks.find(
    (/** @type {any} */ one) => one.direction === direction && one.source === source,
  );
  const {
    packets,
    packets_lost: lost,
    nack_count: nacks,
    retransmitted_count: resent,
    pli_count: plis,
  } = track;
  return { packets, lost, nacks, resent, plis };
}

/**
 * What came between two moments; `still` is the later one's. Chromium counts no retransmissions
 * before the first.
 * @template {Record<string, number | null>} T
 * @param {T} earlier
 * @param {T} later
 * @returns {T}
 */
export function between(earlier, later) {
  const differences = Object.entries(later).map(([name, value]) => {
    return [name, name === "still" || value === null ? value : value - (earlier[name] ?? 0)];
  });
  return /** @type {T} */ (Object.fromEntries(differences));
}
