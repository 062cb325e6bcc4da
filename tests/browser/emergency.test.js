// An emergency as everybody sees it: who was reached, who answered, after a reload and after the
// call.

import { after, before, test } from "node:test";

import { DESKTOP, PHONE, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, accept, button, hangUp, signIn, startCall } from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @type {Server} */ let server;
/** @type {import("puppeteer-core").Browser} */ let browser;

before(async () => {
  const environment = { CARELAY_EMERGENCY_PRACTICE_PHONE: "+49 30 123456" };
  [server, browser] = await Promise.all([Server.start(environment), chromium()]);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("an emergency says who was reached, and outlives reloads and the call", async () => {
  const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
  const patient = await signIn(browser, server.url, PATIENT, PHONE);
  await startCall(provider, "Alex Morgan");
  await accept(patient);
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  await button(patient, "Emergency").click();
  await button(patient, "Yes, raise the alarm").click();
  for (const page of [provider, patient]) {
    await shows(page, "Nobody at the practice could be reached.");
    await page.waitForSelector('a[href="tel:+4930123456"]');
  }

  await patient.reload();
  await shows(patient, "Emergency raised by Alex Morgan");
  const admin = await signIn(browser, server.url, "admin", DESKTOP);
  await shows(admin, "Patient: Alex Morgan.");
  await shows(patient, "Practice staff who are signed in can see the alert.");
  await admin.reload();
  await shows(admin, "Patient: Alex Morgan.");

  await hangUp(provider);
  await shows(patient, "An emergency was raised in this call.");
  await button(admin, "I’m taking care of it").click();
  await shows(admin, "is taking care of it.");
  for (const page of [provider, patient])
    await shows(page, "at the practice is taking care of it.");
  await patient.reload();
  await shows(patient, "at the practice is taking care of it.");
  await admin.reload();
  await Promise.all([provider, patient, admin].map((page) => page.browserContext().close()));
});

/**
 * Waits until the page says so.
 * @param {import("puppeteer-core").Page} page
 * @param {string} words
 */
function shows(page, words) {
  return page.waitForSelector(`::-p-text(${words})`);
}
