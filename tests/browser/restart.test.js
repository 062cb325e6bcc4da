// The server dies in the middle of a recorded call: neither page claims to be recorded without it,
// both say what happened once it is back, and what was recorded plays.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { chromium } from "./support/browser.js";
import {
  COMPLIANCE,
  PATIENT,
  PROVIDER,
  accept,
  button,
  follow,
  openAndPlay,
  signIn,
  startCall,
} from "./support/people.js";
import { moves, seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** @type {Server} */ let server;
/** @type {import("puppeteer-core").Browser} */ let browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), chromium()]);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("a killed server that starts again says so on both pages, and what it had recorded plays", async () => {
  const provider = await signIn(browser, server.url, PROVIDER);
  const patient = await signIn(browser, server.url, PATIENT);
  await startCall(provider, "Alex Morgan", { recording: true });
  await accept(patient, { consent: true });
  await Promise.all([seesMovingVideo(provider, 90), seesMovingVideo(patient, 90)]);
  await Promise.all([provider, patient].map((page) => button(page, "Recording: Recording").wait()));

  await server.stop("SIGKILL");
  await Promise.all([provider, patient].map(doesNotKnow));
  await server.serve();
  await Promise.all(
    [provider, patient].map((page) => page.waitForSelector("::-p-text(The server was restarted.)")),
  );

  const asProvider = await server.as(PROVIDER);
  const { calls } = await (await asProvider("calls")).json();
  assert.deepEqual([calls[0].call_status, calls[0].end_reason], ["failed", "server_restart"]);

  const compliance = await signIn(browser, server.url, COMPLIANCE);
  await follow(compliance, "Alex Morgan");
  await openAndPlay(compliance);
  await compliance.waitForFunction(() => document.querySelectorAll("video").length === 2);
  await moves(compliance, "video", 10);
});

/**
 * Nobody can be asked whether the call is recorded, and the page says that and nothing else.
 * @param {Page} page
 */
async function doesNotKnow(page) {
  await page.waitForSelector("::-p-text(Reconnecting…)");
  const recording = await page.$$eval('button[aria-label^="Recording: "]', (buttons) =>
    buttons.map((each) => [each.ariaLabel, each.textContent]),
  );
  assert.deepEqual(recording, [["Recording: Recording status unknown", "Recording status unknown"]]);
  await button(page, "Recording: Recording status unknown").click();
  await page.waitForSelector(
    '[role="dialog"] ::-p-text(it is not known whether it is recording)',
  );
  await page.keyboard.press("Escape");
}
