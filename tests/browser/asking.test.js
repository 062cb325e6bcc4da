// The provider asks in mid-call whether it may be recorded, and can stop that for good.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PHONE, isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, accept, button, hangUp, signIn, startCall } from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
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

test("asked in mid-call, the patient answers beside the controls, and a no stands", async () => {
  const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
  const patient = await signIn(browser, server.url, PATIENT, PHONE[0]);
  await Promise.all([prepare(provider), prepare(patient)]);
  await startCall(provider, "Alex Morgan");
  await accept(patient);
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);

  await switchRecording(provider, "Not recorded", "Ask to record");
  await shows(patient, "May this call be recorded?");
  await reads(patient, "Dr. Elena Rivera asks whether this call may be recorded.");
  await shows(provider, "Nothing is recorded until Alex Morgan has agreed.");
  await isAccessible(patient, "asked to be recorded");
  assert.ok(await patient.evaluate(isInReach, "Hang up"), "the question covers the controls");
  await patient.reload(); // a question stands
  await shows(patient, "May this call be recorded?");

  await button(patient, "Do not record").click();
  await patient.waitForSelector("::-p-text(May this call be recorded?)", { hidden: true });
  await shows(provider, "Alex Morgan does not agree to being recorded.");
  await switchRecording(provider, "Not recorded", "Ask to record");
  await shows(provider, "You can ask again in");
  assert.equal(await patient.$("::-p-text(May this call be recorded?)"), null);

  await button(patient, "Recording: Not recorded").click(); // of their own accord
  await button(patient, "I agree to the recording").click();
  await button(provider, "Recording: Recording").wait();

  await switchRecording(provider, "Recording", "Stop the recording");
  await button(patient, "Recording: Not recorded").wait();
  await reads(patient, "This call is not recorded.");
  await hangUp(provider);
  await shows(patient, "The call has ended");
  await Promise.all([provider, patient].map((page) => page.browserContext().close()));
});

test("stopped for good, it is recorded again by a new yes only", async () => {
  const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
  const patient = await signIn(browser, server.url, PATIENT, PHONE[0]);
  await startCall(provider, "Alex Morgan", { recording: true });
  await accept(patient, { consent: true });
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  await button(patient, "Recording: Recording").wait();
  await switchRecording(provider, "Recording", "Stop the recording");
  await button(patient, "Recording: Not recorded").wait();
  await switchRecording(provider, "Not recorded", "Ask to record");
  await button(patient, "I agree to the recording").click();
  await Promise.all([provider, patient].map((page) => button(page, "Recording: Recording").wait()));
  await hangUp(provider);
  await shows(patient, "The call has ended");
});

/** @param {Page} provider @param {string} state @param {string} what */
async function switchRecording(provider, state, what) {
  await button(provider, `Recording: ${state}`).click();
  await button(provider, what).click();
  await provider.waitForSelector('[role="dialog"]', { hidden: true });
}

/** Runs in the page: whether nothing lies over that button. @param {string} name */
function isInReach(name) {
  const found = document.querySelector(`button[aria-label="${name}"]`);
  if (!found) return false;
  const { left, right, top, bottom } = found.getBoundingClientRect();
  return found.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
}

/** @param {Page} page @param {string} words */
async function shows(page, words) {
  await page.waitForSelector(`::-p-text(${words})`, { visible: true });
}

/** What a screen reader says at once. @param {Page} page @param {string} words */
async function reads(page, words) {
  await page.waitForSelector(`[aria-live="assertive"] ::-p-text(${words})`);
}
