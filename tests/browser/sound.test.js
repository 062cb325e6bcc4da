// The sound of a call: speaking while muted, what a browser makes of a voice, headsets that come
// and go, sound that a browser holds back, and that of a shared screen.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, PHONE, chromium } from "./support/browser.js";
import {
  PATIENT,
  PROVIDER,
  accept,
  button,
  hangUp,
  signIn,
  startCall,
  withSmallCamera,
} from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { observe } from "./support/reception.js";
import { Server } from "./support/server.js";
import { hears, hearsNothing } from "./support/sound.js";
import { Voice } from "./support/voice.js";

/** @typedef {import("puppeteer-core").Page} Page */

const DEVICES = "Microphone, camera, speaker";
const HELD_BACK = "Your browser keeps the sound off until you press this.";
const MUTED = "You are muted, and nobody hears what you say.";

describe("the sound of a call", () => {
  /** @type {Server} */ let server;
  /** @type {Voice} */ let voice;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  before(async () => {
    voice = await Voice.make();
    [server, browser] = await Promise.all([
      Server.start(),
      chromium([
        voice.flag,
        "--use-fake-device-for-media-stream=device-count=2,fps=8",
        "--auto-select-tab-capture-source-by-title=Sounding",
        "--autoplay-policy=document-user-activation-required",
      ]),
    ]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
    await voice?.remove();
  });

  /** @param {import("puppeteer-core").Viewport} [viewport] of the patient's page */
  async function call(viewport = DESKTOP, cameras = withSmallCamera) {
    const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    const patient = await signIn(browser, server.url, PATIENT, viewport);
    for (const page of [provider, patient]) {
      await observe(page);
      await page.reload();
      await cameras(page);
    }
    await startCall(provider, "Alex Morgan");
    await accept(patient);
    await seesMovingVideo(provider);
    return { provider, patient };
  }

  test("shows one's own voice, and tells whoever speaks while muted, with one press to undo it", async () => {
    const { provider, patient } = await call();
    await prepare(patient);
    await hears(provider);
    await patient.bringToFront();
    await patient.waitForFunction(levelShows);
    await button(patient, "Mute").click();
    await patient.waitForSelector(`[role="status"] ::-p-text(${MUTED})`);
    assert.equal(await patient.$("[data-level]"), null, "a level of what nobody hears");
    await isAccessible(patient, "speaking while muted");
    await patient.setViewport(DESKTOP);
    await hearsNothing(provider);
    await patient.bringToFront();
    await button(patient, "Unmute me").click();
    await patient.waitForSelector(`::-p-text(${MUTED})`, { hidden: true });
    await hears(provider);
    await leave(provider, patient);
  });

  test("leaves music as it is, for this user, until they say otherwise", async () => {
    const { provider, patient } = await call();
    await patient.bringToFront();
    await patient.waitForFunction(isProcessed, {}, true);
    await button(patient, DEVICES).click();
    await patient.locator('[role="menuitemradio"] ::-p-text(Music)').click();
    await patient.waitForFunction(isProcessed, {}, false);
    await hears(provider);
    await patient.reload();
    await seesMovingVideo(patient);
    await patient.waitForFunction(isProcessed, {}, false);
    await leave(provider, patient);
  });

  test("goes to the system's speaker and microphone while a headset is away, says so, and back again", async () => {
    const { provider, patient } = await call();
    await patient.bringToFront();
    await patient.evaluate(unpluggable);
    for (const name of ["Fake Audio Input 2", "Fake Audio Output 2"]) {
      await button(patient, DEVICES).click();
      await patient.locator(`[role="menuitemradio"] ::-p-text(${name})`).click();
      await patient.waitForSelector('[role="menu"]', { hidden: true });
    }
    await patient.waitForFunction(playsOn, {}, "Fake Audio Output 2");
    await patient.evaluate(plug, false);
    await readOut(patient, "Your speaker or headset was disconnected. You hear the others through");
    await readOut(patient, "Your microphone was disconnected.");
    await patient.waitForFunction(playsOn, {}, null);
    await hears(provider);
    await patient.bringToFront();
    await patient.evaluate(plug, true);
    await readOut(patient, "Your speaker or headset is back");
    await readOut(patient, "Your microphone is back: “Fake Audio Input 2” is used again.");
    await patient.waitForFunction(playsOn, {}, "Fake Audio Output 2");
    await hears(provider);
    await leave(provider, patient);
  });

  test("that the browser holds back is turned on by one press, and the picture does not wait for it", async () => {
    const { provider, patient: before } = await call();
    // A page that nobody has pressed yet; one that captures may play.
    const patient = await before.browserContext().newPage();
    await patient.setViewport(DESKTOP);
    await observe(patient);
    await patient.evaluateOnNewDocument(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException("none", "NotFoundError"));
    });
    await patient.goto(before.url());
    await unpressed(patient, HELD_BACK);
    await prepare(patient);
    await seesMovingVideo(patient);
    await isAccessible(patient, "sound held back");
    await patient.setViewport(DESKTOP);
    assert.deepEqual(await muted(patient), [true]);
    await button(patient, "Turn on sound").click();
    await patient.waitForSelector(`::-p-text(${HELD_BACK})`, { hidden: true });
    assert.deepEqual(await muted(patient), [false]);
    await hears(patient);
    await leave(provider, patient);
  });

  test("of a shared screen is heard with its picture, also while its user is muted", async () => {
    const { provider, patient } = await call();
    const sounding = await provider.browserContext().newPage();
    await sounding.goto(`${server.url}/login`);
    await sounding.evaluate(() => {
      document.title = "Sounding";
    });
    await sounding.mouse.click(5, 5);
    await sounding.evaluate(sound);
    await provider.bringToFront();
    await button(provider, "Mute").click();
    await hearsNothing(patient);
    await provider.bringToFront();
    await button(provider, "Share screen").click();
    await provider.waitForSelector("::-p-text(You are sharing your screen and its sound)");
    await hears(patient);
    await provider.bringToFront();
    await button(provider, "Stop sharing").click();
    await hearsNothing(patient);
    await provider.bringToFront();
    await button(provider, "Unmute").click();
    await hears(patient);
    await leave(provider, patient);
  });

  test("and its camera: a phone turns to the other one", async () => {
    const { provider, patient } = await call(PHONE, async () => undefined);
    const before = await patient.$eval('video[aria-label="You"]', ownCamera);
    await button(patient, "Switch to the other camera").click();
    await patient.waitForFunction(sendsAnother, {}, before);
    await leave(provider, patient);
  });
});

/** Runs in the page: the level at the microphone's button. */
function levelShows() {
  const bar = /** @type {HTMLElement | null} */ (document.querySelector("[data-level] > span"));
  return Number.parseInt(bar?.style.width ?? "0", 10) > 20;
}

/** Runs in the page: its headset can be taken away, which no fake device of Chromium's can. */
function unpluggable() {
  const { mediaDevices } = navigator;
  const tracks = /** @type {MediaStreamTrack[]} */ ([]);
  const kept = Object.assign(window, { tracks, out: false });
  const [list, ask] = [
    mediaDevices.enumerateDevices.bind(mediaDevices),
    mediaDevices.getUserMedia.bind(mediaDevices),
  ];
  const isGone = (/** @type {string} */ label) => kept.out && label.endsWith("2");
  mediaDevices.enumerateDevices = async () =>
    (await list()).filter(({ kind, label }) => kind === "videoinput" || !isGone(label));
  mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    const [track] = stream.getAudioTracks();
    if (track && isGone(track.label)) {
      track.stop();
      throw new OverconstrainedError("deviceId");
    }
    if (track) kept.tracks.push(track);
    return stream;
  };
}

/** Runs in the page. @param {boolean} isIn */
function plug(isIn) {
  const kept = /** @type {{tracks: MediaStreamTrack[], out: boolean}} */ (
    /** @type {unknown} */ (window)
  );
  kept.out = !isIn;
  const isOut = (/** @type {MediaStreamTrack} */ { label, readyState }) =>
    label.endsWith("2") && readyState === "live";
  for (const track of isIn ? [] : kept.tracks.filter(isOut)) {
    track.stop();
    track.dispatchEvent(new Event("ended"));
  }
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
}

/** Runs in the page: whether the other one is heard there. @param {string | null} label */
async function playsOn(label) {
  const video = /** @type {HTMLVideoElement & {sinkId: string} | null} */ (
    document.querySelector('section[data-call-phase] video:not([aria-label="You"])')
  );
  const devices = await navigator.mediaDevices.enumerateDevices();
  const found = devices.find(
    (device) => device.kind === "audiooutput" && device.deviceId === video?.sinkId,
  );
  return label === null ? video?.sinkId === "" : found?.label === label;
}

/** A screen reader says it. @param {Page} page @param {string} words */
async function readOut(page, words) {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll("[aria-live]")].some(({ textContent }) =>
        textContent?.includes(wanted),
      ),
    {},
    words,
  );
}

/** Of what is heard of the others. @param {Page} page */
function muted(page) {
  return page.$$eval('section[data-call-phase] video:not([aria-label="You"])', (videos) =>
    videos.map((video) => /** @type {HTMLVideoElement} */ (video).muted),
  );
}

/** Runs in the page: something to be heard in it. */
async function sound() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  tone.connect(context.destination);
  tone.start();
  await context.resume();
}

/** Runs in the page: what is captured. @param {Element} video */
function ownCamera(video) {
  const stream = /** @type {MediaStream} */ (/** @type {HTMLVideoElement} */ (video).srcObject);
  return stream.getVideoTracks()[0]?.label;
}

/** Runs in the page: whether that camera is sent no more. @param {string | undefined} before */
function sendsAnother(before) {
  const { connections } = /** @type {{connections: RTCPeerConnection[]}} */ (
    /** @type {unknown} */ (window)
  );
  const senders = connections.flatMap((connection) => connection.getSenders());
  const track = senders.map((sender) => sender.track).find((each) => each?.kind === "video");
  return track !== undefined && track?.label !== before;
}

/**
 * Runs in the page: whether echo, noise and loudness are all left as they are in what is sent, or
 * are all seen to.
 * @param {boolean} isSeenTo
 */
function isProcessed(isSeenTo) {
  const { connections } = /** @type {{connections: RTCPeerConnection[]}} */ (
    /** @type {unknown} */ (window)
  );
  const senders = connections.flatMap((connection) => connection.getSenders());
  const track = senders.map((sender) => sender.track).find((each) => each?.kind === "audio");
  const { echoCancellation, noiseSuppression, autoGainControl } = track?.getSettings() ?? {};
  return [echoCancellation, noiseSuppression, autoGainControl].every((step) => step === isSeenTo);
}

/**
 * Waits for words without a press: all else that drives a page counts as one. @param {Page} page
 * @param {string} words
 */
async function unpressed(page, words) {
  const session = await page.createCDPSession();
  const expression = `new Promise((found) => {
    const shown = () => document.body.textContent.includes(${JSON.stringify(words)});
    const look = () => shown() ? found() : setTimeout(look, 50);
    look();
  })`;
  await session.send("Runtime.evaluate", { expression, awaitPromise: true, userGesture: false });
  await session.detach();
}

/** @param {Page[]} pages */
async function leave(...pages) {
  const [first] = pages;
  if (first) {
    await hangUp(first);
    await first.waitForSelector("::-p-text(The call has ended)");
  }
  await Promise.all(pages.map((page) => page.browserContext().close()));
}
