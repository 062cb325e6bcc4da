// A patient whose network lets out the pages and no UDP: the page names that network and what to
// do, the other side is not told that it is its own, and a call in which nobody hears anybody ends
// by itself.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "../support/browser.js";
import { Network, enter, inside, unavailable } from "../support/network.js";
import { PATIENT, PROVIDER, accept, button, signIn, startCall } from "../support/people.js";
import { seesMovingVideo } from "../support/picture.js";
import { Server } from "../support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const RECONNECT_SECONDS = 40;

if (!inside) {
  test("a network without UDP", { skip: unavailable() ?? false }, async () => {
    assert.equal(await enter(fileURLToPath(import.meta.url)), 0);
  });
} else {
  describe("a network without UDP", () => {
    /** @type {Network} */ let network;
    /** @type {Server} */ let server;
    /** @type {import("puppeteer-core").Browser[]} */ let browsers = [];
    /** @type {Page} */ let provider;
    /** @type {Page} */ let patient;

    before(async () => {
      network = await Network.open();
      server = await Server.start({ CARELAY_CALLS_RECONNECT_SECONDS: String(RECONNECT_SECONDS) });
      const url = await network.publish(server.url);
      browsers = [await chromium(), await network.chromium(url)];
      provider = await signIn(/** @type {any} */ (browsers[0]), server.url, PROVIDER);
      patient = await signIn(/** @type {any} */ (browsers[1]), url, PATIENT);
    });
    after(async () => {
      await Promise.all(browsers.map((browser) => browser.close()));
      await server?.remove();
      await network?.close();
    });

    test("is named on its own side, with what to do, and on the other side nobody is called interrupted", async () => {
      network.blockUdp();
      await startCall(provider, "Alex Morgan");
      await accept(patient);
      await patient.waitForSelector("h2 ::-p-text(Connecting…)");
      await provider.waitForSelector("h2 ::-p-text(Connecting…)");
      await patient.waitForSelector("::-p-text(Your network blocks the call)");
      // A number that IT can use, so no 3,478.
      assert.match(await text(patient), /allow outgoing UDP port \d{4,5}, or/);
      assert.doesNotMatch(await text(provider), /reconnecting|interrupted|Your network/);
    });

    test("works after another try once it lets UDP out, and both count the same time", async () => {
      await button(patient, "Try again").click();
      await patient.waitForSelector("h2 ::-p-text(Connecting…)");
      network.set();
      await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
      const [one, other] = await Promise.all([seconds(provider), seconds(patient)]);
      assert.ok(Math.abs(one - other) <= 2, `${one} s and ${other} s`);
    });

    test("that begins in the middle of a call ends it, though both pages are open", async () => {
      network.blockUdp();
      await patient.waitForSelector("::-p-text(Your network blocks the call)", { timeout: 60_000 });
      const over = { timeout: 2_000 * RECONNECT_SECONDS };
      await provider.waitForSelector(
        "::-p-text(Alex Morgan lost the connection and did not come back.)",
        over,
      );
      await patient.waitForSelector(
        "::-p-text(Your network did not let audio and video through.)",
        over,
      );
    });
  });
}

/** What is on the page. @param {Page} page */
function text(page) {
  return page.$eval("body", (body) => body.innerText);
}

/** What its timer shows. @param {Page} page */
async function seconds(page) {
  const shown = await page.$eval('[role="timer"]', (timer) => timer.textContent ?? "");
  return shown.split(":").reduce((total, part) => 60 * total + Number(part), 0);
}
