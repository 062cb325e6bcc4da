// The system takes the microphone away for a while, as for a phone call: both sides see it, it is
// back when the system gives it back, and asked for anew if it does not. No browser can be told to
// do that, so the page's track is made to say so.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, accept, signIn, startCall } from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const HEARD = "device is using the microphone";
const UNHEARD = "Alex Morgan cannot be heard";

describe("a microphone that the system takes away", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {Page} */ let provider;
  /** @type {Page} */ let patient;

  before(async () => {
    server = await Server.start();
    browser = await chromium();
    provider = await signIn(browser, server.url, PROVIDER);
    patient = await signIn(browser, server.url, PATIENT);
    await patient.evaluate(keepTracks);
    await startCall(provider, "Alex Morgan");
    await accept(patient);
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  const shown = (/** @type {Page} */ page, /** @type {string} */ words) =>
    page.waitForFunction((expected) => document.body.innerText.includes(expected), {}, words);
  const gone = (/** @type {Page} */ page, /** @type {string} */ words) =>
    page.waitForFunction((expected) => !document.body.innerText.includes(expected), {}, words);

  test("is seen to be away on both sides, and to be back", async () => {
    const asked = await microphones(patient);
    await silence(patient, true);
    await Promise.all([shown(patient, HEARD), shown(provider, UNHEARD)]);
    await silence(patient, false);
    await Promise.all([gone(patient, HEARD), gone(provider, UNHEARD)]);
    assert.equal(await microphones(patient), asked, "nobody asked for another");
  });

  test("is asked for anew when it does not come back", async () => {
    const asked = await microphones(patient);
    await patient.bringToFront();
    await silence(patient, true);
    await shown(provider, UNHEARD);
    await patient.waitForFunction(
      (before) => /** @type {any} */ (globalThis).microphones.length > before,
      {},
      asked,
    );
    await Promise.all([gone(patient, HEARD), gone(provider, UNHEARD)]);
  });
});

/** In the page: remembers what its devices gave it. */
function keepTracks() {
  const kept = /** @type {MediaStreamTrack[]} */ ([]);
  Object.assign(globalThis, { microphones: kept });
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wishes) => {
    const stream = await ask(wishes);
    kept.push(...stream.getAudioTracks());
    return stream;
  };
}

/** How often the page got a microphone. @param {Page} page @returns {Promise<number>} */
function microphones(page) {
  return page.evaluate(() => /** @type {any} */ (globalThis).microphones.length);
}

/** @param {Page} page @param {boolean} muted as the system does to the newest one */
function silence(page, muted) {
  return page.evaluate((value) => {
    const track = /** @type {any} */ (globalThis).microphones.at(-1);
    Object.defineProperty(track, "muted", { value, configurable: true });
    track.dispatchEvent(new Event(value ? "mute" : "unmute"));
  }, muted);
}
