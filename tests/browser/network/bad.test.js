// A patient on a bad network, in real browsers: the call survives, the picture is soon back, both
// pages say what happens, and the recording can be played. Where no namespace can be made, the test
// is skipped and says why.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "../support/browser.js";
import { Network, enter, inside, unavailable } from "../support/network.js";
import {
  COMPLIANCE,
  PATIENT,
  PROVIDER,
  accept,
  button,
  hangUp,
  signIn,
  startCall,
} from "../support/people.js";
import { seesMovingVideo } from "../support/picture.js";
import { Server } from "../support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

if (!inside) {
  test("a bad network", { skip: unavailable() ?? false }, async () => {
    assert.equal(await enter(fileURLToPath(import.meta.url)), 0);
  });
} else {
  describe("a recorded call on a bad network", () => {
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
      await startCall(provider, "Alex Morgan", { recording: true });
      await accept(patient, { consent: true });
      await bothSee();
      await keepHeaders(provider);
    });
    after(async () => {
      await Promise.all(browsers.map((browser) => browser.close()));
      await server?.remove();
      await network?.close();
    });

    const bothSee = () => Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);

    test("that loses one packet in ten goes on", async () => {
      network.set({ loss: 0.1, delay_ms: 40, jitter_ms: 10 });
      await Promise.all([seesMovingVideo(provider, 60), seesMovingVideo(patient, 60)]);
      network.set();
    });

    test("that is gone for three seconds is not interrupted", async () => {
      network.unplug();
      await pause(3_000);
      network.set();
      await bothSee();
      assert.equal(await phase(provider), "active connected");
    });

    test("that is gone for longer is told on both pages, and the call comes back by itself", async () => {
      // Known to flow all the time.
      await Promise.all([seesMovingVideo(provider, 90), seesMovingVideo(patient, 90)]);
      network.unplug();
      await Promise.all([
        saysWhileConnected(patient, "The connection was interrupted. The call is not over."),
        saysWhileConnected(provider, "Alex Morgan is reconnecting…"),
      ]);
      await button(patient, "Recording: Recording status unknown").wait();
      await button(provider, "Recording: Recording paused").wait();
      network.set();
      await bothSee();
      await button(patient, "Recording: Recording").wait();
    });

    test("that gives the patient another address goes on from there", async () => {
      network.move(network.otherAddress);
      await bothSee();
      await button(patient, "Recording: Recording").wait();
    });

    test("is at no moment told to the provider as their own", async () => {
      const headers = await headersSince(provider);
      assert.ok(headers.some((words) => words.includes("Alex Morgan has a poor connection")));
      for (const words of headers)
        assert.doesNotMatch(words, /^(Poor|Reconnecting)|Others cannot/m);
    });

    test("leaves a recording whose parts begin together and are whole", async () => {
      await hangUp(provider);
      await patient.waitForSelector("::-p-text(The call has ended)");
      const compliance = await server.as(COMPLIANCE);
      const { recordings } = await (await compliance("recordings")).json();
      const { recording, parts } = await (
        await compliance(`recordings/${recordings[0].recording_id}`)
      ).json();
      assert.equal(recording.state, "complete");
      /** @param {string} role */
      const of = (role) =>
        parts.filter((/** @type {any} */ part) => part.participant_role === role);
      assert.equal(of("provider").length, of("patient").length, "a part each for every stretch");
      for (const [index, part] of of("provider").entries()) {
        const other = of("patient")[index];
        assert.ok(Math.abs(part.offset_ms - other.offset_ms) < 3_000, "they begin together");
        assert.deepEqual([part.state, other.state], ["sealed", "sealed"]);
      }
    });
  });
}

/**
 * @param {number} ms how long the cable is out: the one thing here that is a time and not a
 *   condition
 */
function pause(ms) {
  return new Promise((next) => setTimeout(next, ms));
}

/**
 * Words that come long before the browser itself takes its connection for broken.
 * @param {Page} page
 * @param {string} words
 */
function saysWhileConnected(page, words) {
  const said = (/** @type {string} */ expected) => {
    const section = /** @type {HTMLElement} */ (document.querySelector("section[data-call-phase]"));
    return section.dataset.media === "connected" && section.innerText.includes(expected);
  };
  return page.waitForFunction(said, {}, words);
}

/** From now on, everything that the head of the page says. @param {Page} page */
function keepHeaders(page) {
  return page.$eval("header", (header) => {
    const headers = /** @type {Set<string>} */ (new Set());
    const keep = () => headers.add(header.innerText.replace(/^[\d:]+$/m, "").trim());
    new MutationObserver(keep).observe(header, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    keep();
    Object.assign(globalThis, { headers });
  });
}

/** @param {Page} page @returns {Promise<string[]>} */
function headersSince(page) {
  return page.evaluate(() => [.../** @type {any} */ (globalThis).headers]);
}

/** What the page says of itself. @param {Page} page */
function phase(page) {
  return page.$eval("section[data-call-phase]", (section) => {
    const { callPhase, media } = /** @type {HTMLElement} */ (section).dataset;
    return `${callPhase} ${media}`;
  });
}
