// From the patient's click on Accept to the first frame of the other's camera, and what the cameras
// send 5 s later, in Chromium on the loopback; beside it two bare RTCPeerConnections in one page,
// which is the floor. JSON on standard output.

import { chromium } from "../tests/browser/support/browser.js";
import { PATIENT, PROVIDER, signIn, startCall } from "../tests/browser/support/people.js";
import { Server } from "../tests/browser/support/server.js";

/** @typedef {import("../tests/browser/support/people.js").Page} Page */
/** @typedef {{firstFrameMs: number, cameras: Awaited<ReturnType<typeof camera>>[]}} Measured */

const REPETITIONS = Number(process.argv[2] ?? 3);
const SETTLING_MS = 5000;

/**
 * The home page, afresh, with its connections within reach.
 * @param {Page} page
 * @param {string} url
 */
async function prepare(page, url) {
  await page.goto(url);
  await page.locator('nav[aria-label="Main"]').wait();
  await page.evaluate(() => {
    const Original = RTCPeerConnection;
    const connections = Object.assign(window, {
      connections: /** @type {RTCPeerConnection[]} */ ([]),
    }).connections;
    window.RTCPeerConnection = class extends Original {
      /** @param {RTCConfiguration} [configuration] */
      constructor(configuration) {
        super(configuration);
        connections.push(this);
      }
    };
  });
}

/** Runs in the page: presses Accept, and waits for a frame of the other. */
async function acceptAndSee() {
  const until = async (/** @type {() => any} */ find) => {
    for (let found = find(); ; found = find()) {
      if (found) return found;
      await new Promise(requestAnimationFrame);
    }
  };
  const button = await until(() =>
    [...document.querySelectorAll("button")].find((one) => one.textContent?.trim() === "Accept"),
  );
  const begin = performance.now();
  button.click();
  const video = await until(() =>
    [...document.querySelectorAll("video")].find((one) => one.srcObject && !one.muted),
  );
  await new Promise((seen) => video.requestVideoFrameCallback(seen));
  return performance.now() - begin;
}

/**
 * Runs in the page: what its camera sends, over one second, and what Chromium says keeps it from
 * sending more.
 */
async function camera() {
  const { connections } = /** @type {typeof window & {connections: RTCPeerConnection[]}} */ (
    window
  );
  const sent = async () => {
    for (const connection of connections)
      for (const stats of (await connection.getStats()).values())
        if (stats.type === "outbound-rtp" && stats.kind === "video" && stats.bytesSent > 0)
          return stats;
    throw new Error("no camera is sent");
  };
  const before = await sent();
  await new Promise((next) => setTimeout(next, 1000));
  const { bytesSent, timestamp, frameHeight, framesPerSecond, qualityLimitationReason } =
    await sent();
  const bps = ((bytesSent - before.bytesSent) * 8000) / (timestamp - before.timestamp);
  return { bps, frameHeight, framesPerSecond, limitedBy: qualityLimitationReason };
}

/** Runs in the page: the floor. */
async function direct() {
  const [caller, callee] = [new RTCPeerConnection(), new RTCPeerConnection()];
  caller.onicecandidate = ({ candidate }) => candidate && callee.addIceCandidate(candidate);
  callee.onicecandidate = ({ candidate }) => candidate && caller.addIceCandidate(candidate);
  const video = document.body.appendChild(document.createElement("video"));
  Object.assign(video, { autoplay: true, muted: true });
  callee.ontrack = ({ streams }) => (video.srcObject = streams[0] ?? null);
  const begin = performance.now();
  const size = { width: 1280, height: 720 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: size });
  for (const track of stream.getTracks()) caller.addTrack(track, stream);
  await caller.setLocalDescription();
  await callee.setRemoteDescription(/** @type {RTCSessionDescription} */ (caller.localDescription));
  await callee.setLocalDescription();
  await caller.setRemoteDescription(/** @type {RTCSessionDescription} */ (callee.localDescription));
  await new Promise((seen) => video.requestVideoFrameCallback(seen));
  return performance.now() - begin;
}

/** @param {Page} provider @param {Page} patient @param {string} url @returns {Promise<Measured>} */
async function call(provider, patient, url) {
  await Promise.all([prepare(provider, url), prepare(patient, url)]);
  const seen = patient.evaluate(acceptAndSee);
  await startCall(provider, "Alex Morgan");
  const firstFrameMs = await seen;
  await new Promise((next) => setTimeout(next, SETTLING_MS));
  const cameras = await Promise.all([provider.evaluate(camera), patient.evaluate(camera)]);
  await endCall(provider, url);
  return { firstFrameMs, cameras };
}

/**
 * By the API: the page's way of hanging up is not what is measured.
 * @param {Page} page
 * @param {string} url
 */
async function endCall(page, url) {
  await page.evaluate(async (base) => {
    const api = `${base}/api/v1/telemedicine/`;
    const { calls } = await (await fetch(`${api}calls`)).json();
    const headers = { "content-type": "application/json" };
    await fetch(`${api}call/end`, {
      method: "POST",
      headers,
      body: JSON.stringify({ room_id: calls[0].room_id }),
    });
  }, url);
}

/** @param {Page} page @param {string} url @returns {Promise<Measured>} */
async function floor(page, url) {
  await prepare(page, url);
  const firstFrameMs = await page.evaluate(direct);
  await new Promise((next) => setTimeout(next, SETTLING_MS));
  const cameras = [await page.evaluate(camera)];
  await page.goto("about:blank");
  return { firstFrameMs, cameras };
}

const [server, browser] = await Promise.all([Server.start(), chromium()]);
try {
  const [provider, patient] = [
    await signIn(browser, server.url, PROVIDER),
    await signIn(browser, server.url, PATIENT),
  ];
  /** @type {{carelay: Measured[], floor: Measured[]}} */
  const measured = { carelay: [], floor: [] };
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    measured.carelay.push(await call(provider, patient, server.url));
    measured.floor.push(await floor(patient, server.url));
  }
  console.log(JSON.stringify({ chromium: await browser.version(), ...measured }));
} finally {
  await browser.close();
  await server.remove();
}
