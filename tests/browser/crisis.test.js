// Where the patient is, confirmed as a call is accepted and seen by the provider alone; and what
// the provider has at hand in a crisis.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { isAccessible, PHONE as NARROW, prepare } from "./support/accessibility.js";
import { chromium, DESKTOP } from "./support/browser.js";
import { accept, button, hangUp, PATIENT, PROVIDER, signIn, startCall } from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** No touch: switching that would reload the page. */
const SMALL_PHONE = { width: 390, height: 664 };

/** @type {Server} */ let server;
/** @type {import("puppeteer-core").Browser} */ let browser;

before(async () => {
  [server, browser] = await Promise.all([
    Server.start({ CARELAY_PRACTICE_COUNTRY: "DE" }),
    chromium(),
  ]);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("a patient confirms where they are with one press, and the provider sees it", async () => {
  const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
  const patient = await signIn(browser, server.url, PATIENT, SMALL_PHONE);
  await Promise.all([prepare(provider), prepare(patient)]);
  await provider.evaluate(putOnRecord, "Alex Morgan");
  await startCall(provider, "Alex Morgan", { recording: true });
  await shows(patient, "+491701234567");
  const guess = '[role="alertdialog"] select';
  assert.equal(await patient.$eval(guess, (each) => /** @type {any} */ (each).value), "DE");
  for (const name of ["Accept", "Decline", "Yes, I am here"])
    assert.ok(await isInSight(patient, name), `${name} is in sight`);
  await isAccessible(patient, "place asked as it rings", NARROW);
  await patient.select(guess, "AT");
  await button(patient, "Yes, I am here").click();
  await shows(patient, "Your provider can see where you are.");
  await patient.setViewport(SMALL_PHONE);
  await accept(patient, { consent: false });
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  await button(provider, "Safety").click();
  await shows(provider, "Unter den Linden 5");
  await provider.waitForSelector('a[href="tel:+491701234567"]');
  await shows(provider, "Austria");
  await isAccessible(provider, "place beside the call");
  await provider.setViewport(DESKTOP);
  assert.equal(await patient.$("::-p-text(Where are you now?)"), null, "asked once");
  await button(patient, "Place").click(); // and corrected later
  await button(patient, "Change").click();
  await patient.select("aside select", "DE");
  await isAccessible(patient, "place corrected in the call", NARROW);
  await button(patient, "I am here").click();
  await shows(provider, "Germany");
  await hangUp(provider);
  await shows(patient, "The call has ended");
  await Promise.all([provider, patient].map((page) => page.browserContext().close()));
});

test("whoever accepts first is asked in the call, and may be elsewhere or not say", async () => {
  const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
  const patient = await signIn(browser, server.url, PATIENT, NARROW[0]);
  await prepare(patient);
  await startCall(provider, "Alex Morgan");
  await accept(patient);
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  await button(provider, "Safety").click();
  await shows(provider, "Not known. The patient has not answered yet.");
  await shows(patient, "Germany · +491701234567");
  await isAccessible(patient, "place asked in the call");
  await button(patient, "I would rather not say").click();
  await shows(provider, "Not known. The patient would rather not say.");
  await hangUp(provider);
  for (const page of [provider, patient]) await button(page, "Close").click();

  await startCall(provider, "Alex Morgan");
  await button(patient, "I am somewhere else").click();
  await patient.locator("textarea").fill("Calle Mayor 1\nMadrid");
  await patient.select("select", "ES");
  await patient.locator('input[type="tel"]').fill("0170 1");
  await button(patient, "I am here").click();
  await shows(patient, "Write the telephone number with the country code");
  await isAccessible(patient, "place elsewhere as it rings", NARROW);
  await patient.locator('input[type="tel"]').fill("+34 600 123 456");
  await patient.keyboard.press("Enter");
  await shows(patient, "Your provider can see where you are.");
  await accept(patient);
  await button(provider, "Safety").click();
  await shows(provider, "Calle Mayor 1");
  await shows(provider, "Spain");
  await provider.waitForSelector('a[href="tel:+34600123456"]');
  await hangUp(provider);
  await Promise.all([provider, patient].map((page) => page.browserContext().close()));
});

test("what cannot be loaded beside a call leaves the call alone, and is tried again", async () => {
  const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
  const patient = await signIn(browser, server.url, PATIENT, SMALL_PHONE);
  let isLost = true;
  await provider.setRequestInterception(true);
  provider.on("request", (request) => {
    const isPanel = /SafetyPanel|emergency-numbers\?country=AT/.test(request.url());
    void (isLost && isPanel ? request.abort() : request.continue());
  });
  await startCall(provider, "Alex Morgan");
  await accept(patient);
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  await button(patient, "Emergency").click();
  await button(patient, "Yes, raise the alarm").click();
  await provider.waitForSelector('aside[aria-label="Safety"]');
  await shows(provider, "This could not be loaded");
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  isLost = false;
  await button(provider, "Try again").click();
  await shows(provider, "There is an emergency");
  await button(patient, "Yes, I am here").click();
  await provider.waitForSelector('aside a[href="tel:112"]');
  isLost = true;
  await provider.select("aside select", "AT");
  await shows(provider, "This could not be loaded");
  assert.equal(await provider.$('aside a[href="tel:112"]'), null, "those of another country");
  isLost = false;
  await button(provider, "Try again").click();
  await provider.waitForSelector('aside a[href="tel:144"]');
  await hangUp(provider);
  await Promise.all([provider, patient].map((page) => page.browserContext().close()));
});

test("in a crisis everything is at hand, and what was done is kept with the visit", async () => {
  const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
  const patient = await signIn(browser, server.url, PATIENT, NARROW[0]);
  await Promise.all([prepare(provider), prepare(patient)]);
  await startCall(provider, "Alex Morgan");
  await button(patient, "Yes, I am here").click();
  await accept(patient);
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  await button(patient, "Emergency").click();
  await button(patient, "Yes, raise the alarm").click();
  await shows(patient, "This call does not end by itself.");
  await shows(provider, "There is an emergency"); // it opens by itself
  await shows(provider, "Robin Morgan");
  await provider.waitForSelector('a[href="tel:+491707654321"]');
  await provider.waitForSelector('a[href="tel:112"]');
  await tick(provider, "Asked whether they are in danger now, and of what");
  await shows(provider, "Done: Asked whether they are in danger now, and of what");
  await isAccessible(provider, "a crisis");
  await provider.setViewport(DESKTOP);
  await provider.locator('aside input[maxlength="1000"]').fill("Rang 112, an ambulance is coming.");
  await provider.keyboard.press("Enter");
  await shows(provider, "Rang 112, an ambulance is coming.");
  await button(provider, "The emergency is over").click();
  await button(provider, "Yes, it is over").click();
  await button(provider, "Raise the alarm").wait();
  await gone(patient, "This call does not end by itself.");
  await button(provider, "End the call for everybody at once").click();
  await shows(provider, "End the call for everybody at once?");
  await isAccessible(provider, "ending a call at once");
  await provider.setViewport(DESKTOP);
  await button(provider, "End it now").click();
  await shows(patient, "ended the call for everybody at once.");
  await shows(provider, "You ended the call for everybody at once.");
  await isAccessible(patient, "a call that was ended at once", NARROW);
  await provider.reload();
  await shows(provider, "Rang 112, an ambulance is coming.");
  await shows(provider, "Dr. Elena Rivera ended the call for everybody at once");
  await isAccessible(provider, "what was done in a crisis");
  await patient.reload();
  await shows(patient, "An emergency was raised in this call.");
  assert.equal(await patient.$("::-p-text(Rang 112)"), null, "it is the provider's to read");
  await Promise.all([provider, patient].map((page) => page.browserContext().close()));
});

/** Ticks a step of the check list. @param {Page} page @param {string} words */
function tick(page, words) {
  return page.locator(`label ::-p-text(${words})`).click();
}

/** Waits until the page does not say so any more. @param {Page} page @param {string} words */
function gone(page, words) {
  return page.waitForSelector(`::-p-text(${words})`, { hidden: true });
}

/** Waits until the page says so. @param {Page} page @param {string} words */
function shows(page, words) {
  return page.waitForSelector(`::-p-text(${words})`);
}

/** Whether all of the button is on the screen. @param {Page} page @param {string} name */
async function isInSight(page, name) {
  const found = await button(page, name).waitHandle();
  return found.evaluate((element) => {
    const { top, bottom, left, right } = element.getBoundingClientRect();
    const x = (left + right) / 2;
    const shown = [top + 2, bottom - 2].map((y) => document.elementFromPoint(x, y));
    return top >= 0 && bottom <= innerHeight && shown.every((one) => one && element.contains(one));
  });
}

/** Runs in a provider's page. @param {string} name of a patient */
async function putOnRecord(name) {
  const { patients } = await (await fetch("/api/v1/telemedicine/patients")).json();
  const { user_id } = patients.find((/** @type {{name: string}} */ one) => one.name === name);
  const reply = await fetch(`/api/v1/telemedicine/patients/${user_id}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      name,
      address: ["Unter den Linden 5", "Berlin"],
      phone: "+491701234567",
      contact: { name: "Robin Morgan", phone: "+491707654321", relationship: "Sister" },
    }),
  });
  if (!reply.ok) throw new Error(await reply.text());
}
