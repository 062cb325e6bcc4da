// Anybody in a call goes off the record; it goes on when everybody who asked agrees again.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { DESKTOP, PHONE, chromium } from "./support/browser.js";
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
import { seesMovingVideo } from "./support/picture.js";
import { NOTICE } from "./support/recorded.js";
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

test("off the record, everybody sees and hears who asked, and whoever asked has to agree again", async () => {
  const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
  const patient = await signIn(browser, server.url, PATIENT, PHONE);
  await startCall(provider, "Alex Morgan", { recording: true });
  await accept(patient, { consent: true });
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  await button(patient, "Recording: Recording").wait();

  await button(provider, "Go off the record").click();
  await shows(patient, "Dr. Elena Rivera asked to go off the record.");
  await reads(patient, "Dr. Elena Rivera asked to go off the record.");
  await shows(provider, "You asked to go off the record.");
  await button(patient, "Recording: Off the record").click();
  await patient.locator('[role="dialog"] ::-p-text(Go off the record)').click();
  await reads(provider, "You and Alex Morgan asked to go off the record.");

  await provider.locator(NOTICE).click();
  await reads(provider, "Alex Morgan asked to go off the record.");
  await button(provider, "Recording: Off the record").wait();
  await seesMovingVideo(patient, 30);
  await patient.reload(); // what somebody asked for stands
  await shows(patient, "You asked to go off the record.");
  await patient.locator(NOTICE).click();
  await button(provider, "Recording: Recording").wait();
  await reads(provider, "This call is now being recorded.");
  await seesMovingVideo(provider, 30);
  await hangUp(provider);
  await shows(patient, "The call has ended");

  const compliance = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
  await follow(compliance, "Alex Morgan");
  await shows(compliance, "off the record, as Dr. Elena Rivera (");
  await openAndPlay(compliance);
  const titles = await compliance
    .waitForSelector('[title*="off the record"]')
    .then((gap) => gap?.evaluate((each) => each.getAttribute("title")));
  assert.match(String(titles), /^off the record, as Dr\. Elena Rivera \(.+\) and Alex Morgan/);
});

/** @param {Page} page @param {string} words */
async function shows(page, words) {
  await page.waitForSelector(`::-p-text(${words})`, { visible: true });
}

/** What a screen reader says at once. @param {Page} page @param {string} words */
async function reads(page, words) {
  await page.waitForSelector(`[aria-live="assertive"] ::-p-text(${words})`);
}
