// Whoever withdraws their consent is told before what becomes of what was recorded, and both sides
// are told afterwards what did.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PHONE, isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import {
  COMPLIANCE,
  PATIENT,
  PROVIDER,
  accept,
  button,
  hangUp,
  signIn,
  startCall,
} from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** @type {Server} */ let server;
/** @type {import("puppeteer-core").Browser} */ let browser;
before(async () => {
  [server, browser] = await Promise.all([
    Server.start({ CARELAY_RECORDING_ON_WITHDRAWAL: "erase" }),
    chromium(),
  ]);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("consent that is withdrawn erases what was recorded, and everybody is told", async () => {
  const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
  const patient = await signIn(browser, server.url, PATIENT, PHONE[0]);
  await Promise.all([prepare(provider), prepare(patient)]);
  await startCall(provider, "Alex Morgan", { recording: true });
  await accept(patient, { consent: true });
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  await button(patient, "Recording: Recording").click();
  await shows(patient, "what has been recorded so far is erased for good");
  await button(patient, "Stop and erase").click();
  await shows(patient, "Stop the recording and erase it?");
  await isAccessible(patient, "withdrawal, asking");
  await button(patient, "Keep recording").click();
  await button(patient, "Recording: Recording").click();
  await patient.keyboard.press("Escape");
  await patient.waitForSelector('[role="dialog"]', { hidden: true });
  await button(provider, "Recording: Recording").wait(); // asking has changed nothing

  await withdraw(patient);
  await shows(provider, "Alex Morgan withdrew their consent.");
  for (const page of [provider, patient]) {
    await shows(page, "What was recorded before has been erased for good.");
    await page.waitForSelector("[aria-live] ::-p-text(has been erased for good)");
  }
  await isAccessible(provider, "withdrawal, told");
  await seesMovingVideo(provider, 30);
  await patient.reload(); // what has become of it is told again
  await button(patient, "Recording: Not recorded").click();
  await shows(patient, "What was recorded before has been erased for good.");
  await button(patient, "I agree to the recording").click();
  await button(provider, "Recording: Recording").wait();

  const compliance = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
  const found = await recordings();
  assert.deepEqual(
    found.map(({ state }) => state),
    ["recording", "erased"],
  );
  const held = found[0]?.recording_id;
  await (await server.as(COMPLIANCE))(`recordings/${held}/holds`, {
    method: "POST",
    body: JSON.stringify({ reason: "A complaint" }),
  });
  await withdraw(patient);
  for (const page of [provider, patient])
    await shows(page, "because a legal hold obliges the practice to keep it");
  await hangUp(provider);
  await shows(patient, "The call has ended");

  await compliance.goto(`${server.url}/recordings/${found[1]?.recording_id}`);
  await shows(compliance, "Alex Morgan withdrew their consent on");
  await shows(compliance, "Basis: consent was withdrawn.");
  await compliance.goto(`${server.url}/recordings/${held}`);
  await shows(compliance, "Consent withdrawn, what was recorded before kept");
});

/** @param {Page} page */
async function withdraw(page) {
  await button(page, "Recording: Recording").click();
  await button(page, "Stop and erase").click();
  // By keyboard: a second press at the same place, and at once, counts for nothing.
  const confirm = await page.waitForSelector(
    '::-p-xpath(//*[@role="alertdialog"]//button[.="Stop and erase"])',
  );
  await confirm?.press("Enter");
  await button(page, "Recording: Not recorded").wait();
}

/** @returns {Promise<{recording_id: string, state: string}[]>} */
async function recordings() {
  return (await (await (await server.as(COMPLIANCE))("recordings")).json()).recordings;
}

/** @param {Page} page @param {string} words */
async function shows(page, words) {
  await page.waitForSelector(`::-p-text(${words})`, { visible: true });
}
