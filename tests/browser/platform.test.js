// People whom a host platform sends with a token, and who have no password here.

import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";

import { DESKTOP, PHONE, chromium } from "./support/browser.js";
import { accept, hangUp, startCall } from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { PLATFORM, token } from "./support/tokens.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const LIFETIME = 45; // s of the patient's token

describe("somebody with a token of the platform", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(PLATFORM), chromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  /** @param {string} bearer @param {import("puppeteer-core").Viewport} viewport */
  async function open(bearer, viewport) {
    const page = await (await browser.createBrowserContext()).newPage();
    await page.setViewport(viewport);
    await page.goto(`${server.url}/#token=${bearer}`);
    await page.waitForSelector('nav[aria-label="Main"]');
    return page;
  }

  test("comes back into a running call after the token's end, and is not asked for a password when it is over", async () => {
    const provider = await open(
      token({ sub: "dr", role: "provider", name: "Dr. Iris Lang" }),
      DESKTOP,
    );
    const expiresAt = Math.floor(Date.now() / 1000) + LIFETIME;
    const patient = await open(
      token({ sub: "kim", role: "patient", name: "Kim Park", expiresAt }),
      PHONE,
    );
    await provider.reload(); // the patient is known from now on
    await startCall(provider, "Kim Park");
    await accept(patient);
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);

    await setTimeout(Math.max(0, expiresAt * 1000 + 1000 - Date.now())); // the token's end
    await patient.reload();
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);

    await hangUp(provider);
    await patient.waitForSelector("::-p-text(The call has ended)");
    await patient.reload();
    await patient.waitForSelector("::-p-text(Please open this page again)");
  });
});
