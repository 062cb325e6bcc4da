// Two people open a recording: one asks, the other one hears of it, says yes, and takes it back. In
// an emergency one is enough, and is reviewed.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { chromium, DESKTOP } from "./support/browser.js";
import { COMPLIANCE, PATIENT, PROVIDER, button, follow, signIn } from "./support/people.js";
import { recordCall } from "./support/recorded.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** @type {Server} */ let server;
/** @type {import("puppeteer-core").Browser} */ let browser;
before(async () => {
  [server, browser] = await Promise.all([
    Server.start({ CARELAY_RECORDING_UNLOCK: "two_person" }),
    chromium(),
  ]);
  await recordCall(browser, server.url, 30);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("a second person approves, and what is played ends when it is taken back", async () => {
  const [officer, admin] = await Promise.all([
    signIn(browser, server.url, COMPLIANCE, DESKTOP),
    signIn(browser, server.url, "admin", DESKTOP),
  ]);
  await Promise.all([prepare(officer), prepare(admin)]);
  await admin.goto(`${server.url}/access`);
  await shows(admin, "Nothing waits for an answer");
  await isAccessible(admin, "access, nothing waits");
  await admin.goto(`${server.url}/ops`);

  await follow(officer, "Alex Morgan");
  await shows(officer, "Somebody else has to approve");
  await isAccessible(officer, "approval needed");
  await ask(officer);
  await shows(officer, "Waiting for an answer");
  await isAccessible(officer, "approval awaited");

  await shows(admin, "asks to open a recording of Alex Morgan."); // without a reload
  await admin.waitForSelector('nav a[href="/access"] ::-p-text(1 waits)');
  await isAccessible(admin, "approval asked for");
  await follow(admin, "Look at it");
  await decides(admin, "Refuse", async () => {
    await isAccessible(admin, "approval to refuse");
    await admin.type('[role="alertdialog"] input', "Ask the patient first");
  });
  await shows(officer, "Ask the patient first");
  await isAccessible(officer, "approval refused");
  await button(officer, "Ask again").click();
  await said(officer);
  await shows(admin, "Complaint of 3 March");
  await isAccessible(admin, "access, one waits");
  await decides(admin, "Approve", () => isAccessible(admin, "approval to give"));
  await shows(officer, "You can open it until");
  await isAccessible(officer, "approved");
  await button(officer, "Open and play").click(); // it was said why
  await plays(officer);
  await isAccessible(officer, "player by an approval");
  await shows(admin, "Approved by");
  await isAccessible(admin, "access, one approved");
  await decides(admin, "End access");
  await shows(officer, "The approval was taken back");
  assert.equal(await officer.$("video"), null);
  await officer.goto(`${server.url}/access`);
  await shows(officer, "Your requests of this week");
  await isAccessible(officer, "access, own requests");
});

test("in an emergency a provider opens it, and compliance reviews that", async () => {
  const [provider, officer] = await Promise.all([
    signIn(browser, server.url, PROVIDER, DESKTOP),
    signIn(browser, server.url, COMPLIANCE, DESKTOP),
  ]);
  await Promise.all([prepare(provider), prepare(officer)]);
  await provider.goto(`${server.url}/history`);
  await follow(provider, "Emergency access");
  await shows(provider, "Only if it cannot wait");
  await isAccessible(provider, "emergency, before");
  await provider.locator("label ::-p-text(Emergency treatment of the patient)").click();
  await provider.type('main input:not([type="radio"])', "Alex took tablets");
  await button(provider, "Open the recording now").click();
  await plays(provider);
  await isAccessible(provider, "emergency, player");

  await shows(officer, "opened a recording of Alex Morgan in an emergency."); // without a reload
  await isAccessible(officer, "emergency, alert");
  await follow(officer, "Look at it");
  await shows(officer, "Emergency treatment of the patient: Alex took tablets");
  await isAccessible(officer, "reviews, one waits");
  await officer.locator('main button[aria-label^="Review: "]').click();
  await officer.locator("label ::-p-text(No, it was not justified)").click();
  await isAccessible(officer, "review");
  await officer.type('[role="dialog"] input:not([type="radio"])', "There was no danger");
  await button(officer, "Save the review").click();
  await shows(officer, "There was no danger");
  await isAccessible(officer, "reviews, one done");

  const patient = await signIn(browser, server.url, PATIENT, DESKTOP);
  await patient.goto(`${server.url}/my-recordings`);
  await patient.locator("summary").click();
  await shows(patient, "opened it in an emergency");
});

/** @param {Page} page */
async function ask(page) {
  await button(page, "Ask to open it").click();
  await said(page);
}

/** @param {Page} page */
async function said(page) {
  await page.locator("label ::-p-text(A complaint or a legal matter)").click();
  const [field] = await page.$$('[role="dialog"] input:not([type="radio"])');
  await field?.type("Complaint of 3 March");
  await button(page, "Ask").click();
  await page.waitForSelector('[role="dialog"]', { hidden: true });
}

/** @param {Page} page @param {string} decision @param {() => Promise<void>} [before] */
async function decides(page, decision, before) {
  await page.locator(`main button[aria-label^="${decision}"]`).click();
  await page.waitForSelector('[role="alertdialog"]');
  await before?.();
  await page.locator(`::-p-xpath(//*[@role="alertdialog"]//button[.="${decision}"])`).click();
  await page.waitForSelector('[role="alertdialog"]', { hidden: true });
}

/** @param {Page} page */
async function plays(page) {
  await page.bringToFront();
  await page.waitForFunction(() =>
    [...document.querySelectorAll("figure video")].some(
      (video) => /** @type {HTMLVideoElement} */ (video).currentTime > 0.5,
    ),
  );
}

/** @param {Page} page @param {string} words */
async function shows(page, words) {
  await page.waitForSelector(`::-p-text(${words})`, { visible: true });
}
