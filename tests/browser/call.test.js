// A consultation from sign-in to the playback of its recording, in real browsers with fake cameras.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DESKTOP, PHONE, chromium, firefox } from "./support/browser.js";
import {
  COMPLIANCE,
  PATIENT,
  PROVIDER,
  accept,
  button,
  follow,
  hangUp,
  openAndPlay,
  signIn,
  startCall,
} from "./support/people.js";
import { moves, seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("puppeteer-core").Browser} Browser */

describe("a consultation", () => {
  /** @type {Server} */ let server;
  /** @type {Browser} */ let browser;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(), chromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  /** Both signed in, each in a window of their own. @param {Browser} [patientBrowser] */
  async function bothSides(patientBrowser = browser) {
    const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    const patient = await signIn(patientBrowser, server.url, PATIENT, PHONE);
    return { provider, patient, close: () => Promise.all([leave(provider), leave(patient)]) };
  }

  test("with consent is recorded, and compliance plays both sides and seeks", async () => {
    const { provider, patient, close } = await bothSides();
    await startCall(provider, "Alex Morgan", { recording: true });
    await accept(patient, { consent: true });
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
    await button(provider, "Recording: Recording").wait();
    await button(patient, "Mute").click();
    await provider.waitForSelector("::-p-text(Alex Morgan is muted)");
    await seesMovingVideo(provider, 60);
    await hangUp(provider);
    await Promise.all(
      [provider, patient].map((page) => page.waitForSelector("::-p-text(The call has ended)")),
    );
    await close();

    const compliance = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
    await follow(compliance, "Alex Morgan");
    await openAndPlay(compliance);
    const tiles = await playingTiles(compliance, 2);
    for (const selector of tiles) await moves(compliance, selector, 10);
    await compliance.focus('input[type="range"]');
    await compliance.keyboard.press("Home");
    await compliance.waitForFunction(() =>
      [...document.querySelectorAll("video")].every((video) => video.currentTime < 2),
    );
    for (const selector of tiles) await moves(compliance, selector, 10);
    const [one = 0, other = 0] = await positions(compliance, server);
    assert.ok(Math.abs(one - other) < 0.3, `the two sides are ${one - other} s apart`);
    await leave(compliance);
  });

  test("without consent goes on and leaves no file and no recording", async () => {
    const before = await server.recordingFiles();
    const { provider, patient, close } = await bothSides();
    await startCall(provider, "Alex Morgan", { recording: true });
    await accept(patient, { consent: false });
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
    await button(provider, "Recording: Not recorded").wait();
    await hangUp(patient);
    await provider.waitForSelector("::-p-text(The call has ended)");
    await close();
    const call = await latestCall(server);
    assert.equal(call.recording_enabled, true);
    assert.equal(call.recording_consent_given, false);
    assert.equal(call.has_recording, false);
    const compliance = await server.as(COMPLIANCE);
    const { recordings } = await (await compliance("recordings")).json();
    assert.ok(
      recordings.every((/** @type {{room_id: string}} */ each) => each.room_id !== call.room_id),
    );
    assert.deepEqual(await server.recordingFiles(), before);
  });

  test("survives a reload of either page", async () => {
    const { provider, patient, close } = await bothSides();
    await startCall(provider, "Alex Morgan");
    await accept(patient);
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
    for (const page of [patient, provider]) {
      await page.reload();
      await Promise.all([seesMovingVideo(provider, 30), seesMovingVideo(patient, 30)]);
    }
    const { room_id } = await latestCall(server);
    assert.ok(patient.url().endsWith(`/room/${room_id}`));
    await hangUp(provider);
    await patient.waitForSelector("::-p-text(The call has ended)");
    assert.equal((await latestCall(server)).end_reason, "hung_up");
    await close();
  });

  test("works between Chromium and Firefox", async (t) => {
    const fox = await firefox();
    t.after(() => fox.close());
    const { provider, patient, close } = await bothSides(fox);
    await startCall(provider, "Alex Morgan");
    await accept(patient);
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
    await hangUp(patient);
    await provider.waitForSelector("::-p-text(The call has ended)");
    await close();
  });
});

/** @param {Page} page */
async function leave(page) {
  await page.browserContext().close();
}

/** @param {Server} server */
async function latestCall(server) {
  const provider = await server.as(PROVIDER);
  const { calls } = await (await provider("calls")).json();
  return calls[0];
}

/**
 * Selectors of the player's videos, once all of them play.
 * @param {Page} page
 * @param {number} count
 */
async function playingTiles(page, count) {
  await page.waitForFunction(
    (wanted) => {
      const videos = [...document.querySelectorAll("video")];
      videos.forEach((video, index) => video.setAttribute("data-tile", String(index)));
      return (
        videos.length === wanted && videos.every((video) => !video.paused && video.readyState >= 3)
      );
    },
    {},
    count,
  );
  return Array.from({ length: count }, (_, index) => `video[data-tile="${index}"]`);
}

/**
 * Where each video is on the recording's own time line, s.
 * @param {Page} page
 * @param {Server} server
 */
async function positions(page, server) {
  const compliance = await server.as(COMPLIANCE);
  const id = page.url().split("/").at(-1);
  const { parts } = await (await compliance(`recordings/${id}`)).json();
  const videos = await page.evaluate(() =>
    [...document.querySelectorAll("video")].map((video) => ({
      source: video.currentSrc,
      time: video.currentTime,
    })),
  );
  return videos.map(({ source, time }) => {
    const part = parts.find((/** @type {{part_id: string}} */ each) =>
      source.includes(each.part_id),
    );
    return part.offset_ms / 1000 + time;
  });
}
