// Calls between browsers that do not have the same video codecs.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DESKTOP, PHONE, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, accept, signIn, startCall } from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { observe } from "./support/reception.js";
import { Server } from "./support/server.js";
import { hears } from "./support/sound.js";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("puppeteer-core").Browser} Browser */

/** @type {Browser} */ let browser;
before(async () => {
  browser = await chromium();
});
after(async () => {
  await browser?.close();
});

/**
 * Somebody whose page keeps its connections.
 * @param {Server} server
 * @param {string} username
 * @param {import("puppeteer-core").Viewport} viewport
 */
async function observed(server, username, viewport) {
  const page = await signIn(browser, server.url, username, viewport);
  await observe(page);
  await reload(page);
  return page;
}

/** @param {Page} page */
async function reload(page) {
  await page.reload();
  await page.locator('nav[aria-label="Main"]').wait();
}

/** A patient whose browser has no H.264. @param {Server} server */
async function withoutH264(server) {
  const page = await observed(server, PATIENT, PHONE);
  await page.evaluateOnNewDocument(() => {
    const all = RTCRtpReceiver.getCapabilities.bind(RTCRtpReceiver);
    RTCRtpReceiver.getCapabilities = (kind) => {
      const found = all(kind);
      return (
        found && {
          ...found,
          codecs: found.codecs.filter(({ mimeType }) => mimeType !== "video/H264"),
        }
      );
    };
  });
  await reload(page);
  return page;
}

/** @param {string} codecs @param {(provider: Page, patient: Page) => Promise<void>} look */
async function inACall(codecs, look) {
  const server = await Server.start({ CARELAY_RELAY_VIDEO_CODECS: codecs });
  try {
    const provider = await observed(server, PROVIDER, DESKTOP);
    const patient = await withoutH264(server);
    await startCall(provider, "Alex Morgan");
    await accept(patient);
    await look(provider, patient);
    await Promise.all([provider, patient].map((page) => page.browserContext().close()));
  } finally {
    await server.remove();
  }
}

describe("a browser without H.264", () => {
  test("and one that would send it agree on VP8", async () => {
    await inACall("H264,VP8", async (provider, patient) => {
      await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
    });
  });

  test("on a server that has nothing else hears and is heard, is told why there is no picture, and connects once", async () => {
    await inACall("H264", async (provider, patient) => {
      await patient.waitForSelector(
        "::-p-text(This browser supports none of the video formats)",
      );
      await provider.waitForSelector("::-p-text(have no video format in common)");
      await Promise.all([hears(provider), hears(patient)]);
      assert.equal(await patient.evaluate(() => Reflect.get(window, "connections").length), 1);
    });
  });
});
