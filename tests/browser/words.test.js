// What the pages say: what will happen when a button is pressed, and what has happened, to each
// side.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DESKTOP, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, accept, button, hangUp, signIn, startCall } from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

describe("in words", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {Page} */ let provider;
  /** @type {Page} */ let patient;
  before(async () => {
    [server, browser] = await Promise.all([
      Server.start({ CARELAY_CALLS_RING_TIMEOUT_SECONDS: "20" }),
      chromium(),
    ]);
    provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    patient = await signIn(browser, server.url, PATIENT, DESKTOP);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  test("who stops calling chooses between calling on and stopping", async () => {
    await startCall(provider, "Alex Morgan");
    await button(patient, "Accept").wait();
    await button(provider, "Hang up").click();
    await shows(provider, "Stop calling Alex Morgan?");
    await button(provider, "Keep calling").click();
    await provider.waitForSelector('[role="alertdialog"]', { hidden: true });
    await button(provider, "Hang up").click();
    await button(provider, "Stop calling").click();
    await shows(provider, "You stopped calling Alex Morgan");
    await shows(patient, "The call was cancelled.");
    await button(patient, "Close").click();
    await button(provider, "Close").click();
  });

  test("a call that nobody took was not answered, and had no connection to be excellent", async () => {
    await startCall(provider, "Alex Morgan");
    await button(patient, "Accept").wait();
    await shows(provider, "Alex Morgan did not answer");
    await shows(patient, "You missed a call from Dr. Elena Rivera.");
    await button(patient, "Close").click();
    await button(provider, "Close").click();
    await provider.goto(`${server.url}/history`);
    const row = await provider.waitForSelector("::-p-xpath(//tr[contains(., 'Missed')])");
    assert.doesNotMatch((await row?.evaluate((each) => each.textContent)) ?? "", /Excellent/);
    const { calls } = await (await (await server.as(PROVIDER))("calls")).json();
    const missed = calls.find(
      (/** @type {{call_status: string}} */ each) => each.call_status === "missed",
    );
    assert.equal(missed.connection_quality, null);
    await provider.goto(server.url);
  });

  test("a withdrawn consent is shown to the provider, and read out", async () => {
    await startCall(provider, "Alex Morgan", { recording: true });
    await accept(patient, { consent: true });
    await button(provider, "Recording: Recording").wait();
    await button(patient, "Recording: Recording").click();
    await button(patient, "Stop the recording").click();
    const words = "Alex Morgan withdrew their consent.";
    await provider.waitForSelector(`section[data-call-phase] .shadow-float ::-p-text(${words})`, {
      visible: true,
    });
    const read = await provider.$eval('[aria-live="assertive"]', (each) => each.textContent);
    assert.ok(read?.startsWith(words), String(read));
    await button(provider, "Dismiss").click();
    await button(patient, "Recording: Not recorded").click();
    await button(patient, "I agree to the recording").click();
    await shows(provider, "Alex Morgan agreed to the recording.");
    await hangUp(provider);
    await shows(provider, "You ended the call.");
    await shows(patient, "Dr. Elena Rivera ended the call.");
    await Promise.all([provider, patient].map((page) => button(page, "Close").click()));
  });

  test("a blocked microphone and camera are told as such on the other side", async () => {
    await patient.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException("", "NotAllowedError"));
    });
    await startCall(provider, "Alex Morgan");
    await accept(patient);
    await shows(provider, "Alex Morgan cannot be heard: there is no sound from their microphone");
    await shows(provider, "Their camera is missing, blocked or in use by another program");
    await hangUp(provider);
    await Promise.all([provider, patient].map((page) => button(page, "Close").click()));
  });

  test("a session that has expired is said so, and signing in leads back", async () => {
    await provider.goto(`${server.url}/history`);
    await provider.waitForSelector("table time");
    await provider.browserContext().deleteCookie(...(await provider.browserContext().cookies()));
    await provider.reload();
    await shows(provider, "You have been signed out");
    await provider.locator('input[autocomplete="username"]').fill(PROVIDER);
    await provider.locator('input[type="password"]').fill("demo-carelay");
    await button(provider, "Sign in").click();
    await provider.waitForSelector("table time");
    assert.equal(new URL(provider.url()).pathname, "/history");
  });
});

/** @param {Page} page @param {string} words */
async function shows(page, words) {
  await page.waitForSelector(`::-p-text(${words})`);
}
