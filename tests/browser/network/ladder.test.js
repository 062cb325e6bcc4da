// A network that gets too weak for pictures, in real browsers: they get smaller, then the sound
// goes on alone, and all comes back; both pages say whose network it is and which way. Where no
// namespace can be made, the test is skipped and says why.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "../support/browser.js";
import { Network, enter, inside, unavailable } from "../support/network.js";
import { PATIENT, PROVIDER, accept, hangUp, signIn, startCall } from "../support/people.js";
import { seesMovingVideo } from "../support/picture.js";
import { between, observe, received } from "../support/reception.js";
import { Server } from "../support/server.js";
import { hears } from "../support/sound.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** Two seconds of sound. */
const SOUNDS = 100;
/** Carries a voice with all its headers, and hardly a picture. */
const NARROW = { rate_kbps: 110 };

if (!inside) {
  test("a weak network", { skip: unavailable() ?? false }, async () => {
    assert.equal(await enter(fileURLToPath(import.meta.url)), 0);
  });
} else {
  describe("a call on a network that gets too weak for pictures", () => {
    /** @type {Network} */ let network;
    /** @type {Server} */ let server;
    /** @type {import("puppeteer-core").Browser[]} */ let browsers = [];
    /** @type {Page} */ let provider;
    /** @type {Page} */ let patient;

    before(async () => {
      network = await Network.open();
      server = await Server.start();
      const url = await network.publish(server.url);
      browsers = [await chromium(), await network.chromium(url)];
      provider = await signIn(/** @type {any} */ (browsers[0]), server.url, PROVIDER);
      patient = await signIn(/** @type {any} */ (browsers[1]), url, PATIENT);
      for (const page of [provider, patient]) await observe(page);
      await Promise.all([provider.goto(server.url), patient.goto(url)]);
      await startCall(provider, "Alex Morgan");
      await accept(patient);
      await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
    });
    after(async () => {
      await Promise.all(browsers.map((browser) => browser.close()));
      await server?.remove();
      await network?.close();
    });

    test("receives smaller pictures, then the sound alone, and all of it again", async () => {
      network.downlink(NARROW);
      await Promise.all([
        says(patient, "Your network is weak: you receive smaller pictures."),
        says(provider, "Alex Morgan’s network is weak: they receive smaller pictures."),
      ]);
      await Promise.all([
        says(patient, "Your network is weak: you receive no pictures, the sound goes on."),
        says(provider, "Alex Morgan’s network is weak: they see no pictures, the sound goes on."),
      ]);
      assert.equal(await pictures(patient), 0);
      await Promise.all([hears(patient), hears(provider), seesMovingVideo(provider)]);
      network.downlink({});
      await Promise.all([
        says(patient, "Your network is better: you receive pictures as usual again."),
        says(provider, "Alex Morgan’s network is better: they receive pictures as usual again."),
      ]);
      await seesMovingVideo(patient);
    });

    test("sends a smaller picture, then the sound alone, and all of it again", async () => {
      network.uplink({ ...NARROW, rate_kbps: 70 });
      await Promise.all([
        says(patient, "Your network is weak: your picture is sent smaller."),
        says(provider, "Alex Morgan’s network is weak: their picture is smaller."),
      ]);
      await Promise.all([
        says(patient, "Your network is weak: your picture is off, your sound goes on."),
        says(provider, "Alex Morgan’s network is weak: their picture is off, the sound goes on."),
      ]);
      assert.equal(await pictures(provider), 0);
      await Promise.all([hears(patient), hears(provider), seesMovingVideo(patient)]);
      network.uplink({});
      await Promise.all([
        says(patient, "Your network is better: your picture is sent as usual again."),
        says(provider, "Alex Morgan’s network is better: their picture is as usual again."),
      ]);
      await seesMovingVideo(provider);
      await hangUp(provider);
      await patient.waitForSelector("::-p-text(The call has ended)");
    });
  });
}

/** Shown, not only read out. @param {Page} page @param {string} words */
function says(page, words) {
  return page.waitForSelector(`section[data-call-phase] div.animate-rise ::-p-text(${words})`, {
    timeout: 120_000,
  });
}

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
