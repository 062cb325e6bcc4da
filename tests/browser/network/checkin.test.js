// What the check-in says of a network that carries calls, and of one that lets out no UDP.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Network, enter, inside, unavailable } from "../support/network.js";
import { PATIENT, button, signIn } from "../support/people.js";
import { Server } from "../support/server.js";

if (!inside) {
  test("the check-in on several networks", { skip: unavailable() ?? false }, async () => {
    assert.equal(await enter(fileURLToPath(import.meta.url)), 0);
  });
} else {
  describe("the check-in", () => {
    /** @type {Network} */ let network;
    /** @type {Server} */ let server;
    /** @type {string} */ let url;

    before(async () => {
      network = await Network.open();
      server = await Server.start();
      url = await network.publish(server.url);
    });
    after(async () => {
      await server?.remove();
      await network?.close();
    });

    test("tells what works, what is too slow and what is blocked", async () => {
      const browser = await network.chromium(url);
      try {
        const patient = await signIn(browser, url, PATIENT);
        await button(patient, "Test the connection").click();
        await shows(patient, "Your connection works");
        network.set({ rate_kbps: 120 });
        await button(patient, "Test again").click();
        await shows(patient, "Your connection is too slow for video");
        network.blockUdp();
        await button(patient, "Test again").click();
        await shows(patient, "Your network blocks calls");
        await shows(patient, "allow outgoing UDP port");
      } finally {
        await browser.close();
      }
    });
  });
}

/** @param {import("puppeteer-core").Page} page @param {string} words */
function shows(page, words) {
  return page.waitForSelector(`::-p-text(${words})`, { timeout: 60_000 });
}
