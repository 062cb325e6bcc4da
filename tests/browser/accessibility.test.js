// Every page and every state of a call, checked by axe-core at the width of a desk and of a phone.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
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
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

describe("everything can be seen and used", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  before(async () => {
    [server, browser] = await Promise.all([
      Server.start({ CARELAY_RELAY_ENGINE_THREADS: "2" }),
      chromium(),
    ]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  /** @param {string} username */
  async function open(username) {
    const page = await signIn(browser, server.url, username, DESKTOP);
    await prepare(page);
    return page;
  }

  test("signing in", async () => {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await prepare(page);
    await page.goto(`${server.url}/login`);
    await button(page, "Sign in").wait();
    await isAccessible(page, "sign-in");
    await button(page, "Sign in").click();
    await shows(page, "Enter your user name and password.");
    await isAccessible(page, "sign-in without a password");
    await context.close();
  });

  test("pages of a patient", async () => {
    const page = await open(PATIENT);
    await isAccessible(page, "waiting room");
    await button(page, "Turn on camera and microphone").click();
    await shows(page, "Your microphone works.");
    await isAccessible(page, "check-in");
    await page.locator('header button[aria-haspopup="true"]').click();
    await page.waitForSelector('[role="menu"]');
    await isAccessible(page, "user menu");
    await page.keyboard.press("Escape");
    await page.goto(`${server.url}/history`);
    await page.locator("table").wait();
    await isAccessible(page, "calls");
    for (const [path, words] of /** @type {const} */ ([
      ["consents", "No consents yet"],
      ["my-recordings", "There are no recordings of you"],
      ["ops", "Not available to you"],
      ["nowhere", "Page not found"],
      ["room/unknown", "This could not be loaded"],
    ])) {
      await page.goto(`${server.url}/${path}`);
      await shows(page, words);
      await isAccessible(page, path);
    }
    await page.browserContext().close();
  });

  test("a recorded call, from the invitation to the recording", async () => {
    const [provider, patient] = await Promise.all([open(PROVIDER), open(PATIENT)]);
    await shows(provider, "Alex Morgan");
    await isAccessible(provider, "patients");
    await button(provider, "Start call with Alex Morgan").click();
    await button(provider, "Call now").wait();
    await isAccessible(provider, "start of a call");
    await provider.keyboard.press("Escape");
    await startCall(provider, "Alex Morgan", { recording: true });
    await shows(provider, "Calling Alex Morgan…");
    await isAccessible(provider, "ringing");
    await button(patient, "Accept").click();
    await patient.waitForSelector('[role="alert"] ::-p-text(Choose whether)');
    await isAccessible(patient, "invitation");
    await accept(patient, { consent: true });
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
    await button(provider, "Recording: Recording").wait();
    for (const page of [provider, patient]) await isAccessible(page, "call");

    await opened(patient, "Recording: Recording", "dialog");
    await opened(patient, "Microphone, camera, speaker", "dialog");
    await opened(patient, "Emergency", "alertdialog", "No, go back");
    await opened(provider, "Hang up", "alertdialog", "Stay in the call");

    await button(patient, "Mute").click();
    await button(patient, "Turn camera off").click();
    await shows(provider, "Alex Morgan is muted");
    for (const page of [provider, patient]) await isAccessible(page, "muted, camera off");
    await button(provider, "Share screen").click();
    await shows(patient, "is sharing a screen");
    for (const page of [provider, patient]) await isAccessible(page, "screen shared");

    const [ops, admin] = await Promise.all([open("ops"), open("admin")]);
    await ops.waitForSelector("table");
    await shows(ops, "Batches by forwarding delay");
    assert.equal(
      (await ops.$$("::-p-xpath(//h3[starts-with(., 'UDP port')])")).length,
      2,
      "engine threads",
    );
    await isAccessible(ops, "live rooms");
    for (const width of [390, DESKTOP.width]) {
      await ops.setViewport({ ...DESKTOP, width });
      assert.deepEqual(await newestCut(ops), 0, `newest values at ${width} px`);
    }
    await button(patient, "Emergency").click();
    await button(patient, "Yes, raise the alarm").click();
    await shows(provider, "Emergency raised by Alex Morgan");
    await shows(admin, "Emergency in a call");
    for (const page of [provider, patient, admin]) await isAccessible(page, "emergency");

    const second = await patient.browserContext().newPage();
    await prepare(second);
    await second.goto(patient.url());
    await shows(patient, "This call has moved to another window");
    await isAccessible(patient, "replaced");
    await second.goto(server.url);
    await shows(second, "is still running");
    await isAccessible(second, "running call on the first page");
    await shows(provider, "Alex Morgan is reconnecting…");
    await isAccessible(provider, "other side away");
    await hangUp(provider);
    await shows(provider, "The call has ended");
    await isAccessible(provider, "ended");
    await Promise.all([provider, patient, ops, admin].map((page) => page.browserContext().close()));

    const compliance = await open(COMPLIANCE);
    await shows(compliance, "Alex Morgan");
    await isAccessible(compliance, "recordings");
    await follow(compliance, "Alex Morgan");
    await button(compliance, "Open and play").wait();
    await isAccessible(compliance, "recording");
    await openAndPlay(compliance);
    await button(compliance, "Pause").wait();
    await isAccessible(compliance, "player");
    await compliance.locator('button[aria-label^="Download"]').click();
    await compliance.waitForSelector('[role="alertdialog"]');
    await isAccessible(compliance, "download");
    await compliance.browserContext().close();
  });

  test("a call without camera and microphone", async () => {
    const [provider, patient] = await Promise.all([open(PROVIDER), open(PATIENT)]);
    await patient.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException("", "NotAllowedError"));
    });
    await startCall(provider, "Alex Morgan");
    await button(patient, "Accept").wait();
    await isAccessible(patient, "invitation without recording");
    await accept(patient);
    await shows(patient, "Your microphone and camera are blocked");
    await seesMovingVideo(patient);
    for (const page of [provider, patient]) await isAccessible(page, "devices blocked");
    await hangUp(patient);
    await shows(provider, "The call has ended");
    await Promise.all([provider, patient].map((page) => page.browserContext().close()));
  });
});

/** @param {Page} page @param {string} words */
async function shows(page, words) {
  const found = await page.waitForSelector(`::-p-text(${words})`);
  assert.ok(found);
}

/**
 * Pixels that are cut off the newest values when they are as long as in an outage.
 * @param {Page} page
 */
async function newestCut(page) {
  return page.$eval('section[aria-label="Values of each track"]', (section) => {
    for (const row of section.querySelectorAll("tbody tr")) {
      const cells = row.querySelectorAll("td");
      ["10.36 Mb/s", "95.3%", "176 ms", "1,234 ms"].forEach((words, index) => {
        const cell = cells[index];
        if (cells.length === 4 && cell) cell.textContent = words;
      });
    }
    return section.scrollWidth - section.clientWidth;
  });
}

/**
 * Opens what a button opens, checks it and leaves it again.
 * @param {Page} page
 * @param {string} name
 * @param {string} role
 * @param {string} [leave] the button that closes it; Escape without one
 */
async function opened(page, name, role, leave) {
  await button(page, name).click();
  await page.waitForSelector(`[role="${role}"]`);
  await isAccessible(page, name);
  if (leave) await button(page, leave).click();
  else await page.keyboard.press("Escape");
  await page.waitForSelector(`[role="${role}"]`, { hidden: true });
}
