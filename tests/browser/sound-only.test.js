// Taking part with sound only, by one's own choice: no picture is sent, the server sends none, and
// the others know why.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { chromium, DESKTOP } from "./support/browser.js";
import { accept, button, hangUp, PATIENT, PROVIDER, signIn, startCall } from "./support/people.js";
import { moves, seesMovingVideo } from "./support/picture.js";
import { between, observe, received } from "./support/reception.js";
import { Server } from "./support/server.js";
import { hears } from "./support/sound.js";

/** @typedef {import("puppeteer-core").Page} Page */

const VIEW = "Layout and view";
const NOTE = "Sound only: you send and receive no pictures.";
/** Two seconds of sound. */
const SOUNDS = 100;

describe("sound only", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {Page} */ let provider;
  /** @type {Page} */ let patient;

  before(async () => {
    [server, browser] = await Promise.all([Server.start(), chromium()]);
    provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    patient = await signIn(browser, server.url, PATIENT, { width: 390, height: 844 });
    for (const page of [provider, patient]) {
      await observe(page);
      await page.goto(server.url);
    }
    await startCall(provider, "Alex Morgan");
    await accept(patient);
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  test("sends and receives no picture, while the sound goes on both ways", async () => {
    await chooseSoundOnly();
    await patient.waitForSelector(`::-p-text(${NOTE})`);
    await provider.waitForSelector("::-p-text(Takes part with sound only)");
    await says(provider, "Alex Morgan takes part with sound only.");
    assert.deepEqual(await Promise.all([pictures(patient), pictures(provider)]), [0, 0]);
    await Promise.all([hears(patient), hears(provider)]);
    await prepare(patient);
    await isAccessible(patient, "sound only");
  });

  test("outlasts a loaded page", async () => {
    await patient.reload();
    await patient.waitForSelector(`::-p-text(${NOTE})`);
    await button(patient, "Turn camera on").wait();
    await hears(patient);
    assert.equal(await pictures(patient), 0);
    await chooseSoundOnly(); // off again
    await patient.bringToFront();
    await seesMovingVideo(patient);
    await button(patient, "Turn camera on").click();
    await seesMovingVideo(provider);
  });

  test("shows a shared screen on request", async () => {
    await chooseSoundOnly();
    await patient.waitForSelector(`::-p-text(${NOTE})`);
    await provider.bringToFront();
    await button(provider, "Share screen").click();
    await patient.waitForSelector("::-p-text(sharing a screen, which you do not receive)");
    assert.equal(await pictures(patient), 0);
    await patient.bringToFront();
    await button(patient, "Show the screen").click();
    await moves(patient, 'video[aria-label="Dr. Elena Rivera is sharing a screen"]', 2);
    await provider.bringToFront();
    await button(provider, "Stop sharing").click();
  });

  test("is undone by one press, and the camera is on again", async () => {
    await patient.bringToFront();
    await button(patient, "Video again").click();
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
    await says(provider, "Alex Morgan turned the camera on.");
    await button(patient, "Turn camera off").wait();
    await hangUp(provider);
    await patient.waitForSelector("::-p-text(The call has ended)");
  });

  async function chooseSoundOnly() {
    await patient.bringToFront();
    await button(patient, VIEW).click();
    await patient.locator('[role="dialog"] label ::-p-text(Sound only)').click();
    await patient.keyboard.press("Escape");
    await patient.waitForSelector('[role="dialog"]', { hidden: true });
  }
});

/**
 * How many octets of pictures come while two seconds of sound do, once none were under way any
 * more.
 * @param {Page} page
 */
async function pictures(page) {
  for (const end = Date.now() + 60_000; ; ) {
    const start = await received(page);
    let now = start;
    while (between(start, now).sounds < SOUNDS) now = await received(page);
    const { bytes } = between(start, now);
    if (bytes === 0 || Date.now() > end) return bytes;
  }
}

/** @param {Page} page @param {string} words that a screen reader is told */
function says(page, words) {
  return page.waitForFunction(
    (expected) =>
      document.querySelector('[data-live-announcer] [aria-live="polite"]')?.textContent ===
      expected,
    {},
    words,
  );
}
