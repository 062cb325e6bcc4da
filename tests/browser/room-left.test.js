// Before it rings: a disk that has no room for the longest call is told to the provider, who calls
// without a recording, or with as much of one as there is room for.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { PROVIDER, button, signIn } from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** @type {Server} */ let server;
/** @type {import("puppeteer-core").Browser} */ let browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start({}, "600m"), chromium()]);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("a provider chooses what to do where the recording would not last", async () => {
  const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
  await prepare(provider);
  await button(provider, "Start call with Alex Morgan").click();
  await button(provider, "Call now").wait();
  await provider.locator("label ::-p-text(Record this consultation)").click();
  await shows(provider, "The recording may not last to the end of the call");
  await shows(provider, "room for about 2 minutes of recording, and a call can last 1 h");
  assert.equal(await provider.$('::-p-xpath(//button[.="Call now"])'), null, "never silently");
  await isAccessible(provider, "start of a call, no room");
  await button(provider, "Call without recording").click();
  await button(provider, "Hang up").wait();
  assert.equal((await latestCall()).recording_enabled, false);
  await ended(provider);

  await button(provider, "Start call with Alex Morgan").click();
  await provider.locator("label ::-p-text(Record this consultation)").click();
  await button(provider, "Record as long as possible").click();
  await button(provider, "Hang up").wait();
  assert.equal((await latestCall()).recording_enabled, true);
  await ended(provider);
});

/** It stops ringing, and the start page is there again. @param {Page} page */
async function ended(page) {
  await button(page, "Hang up").click();
  await button(page, "Stop calling").click();
  await page.goto(server.url);
}

async function latestCall() {
  const { calls } = await (await (await server.as(PROVIDER))("calls")).json();
  return calls[0];
}

/** @param {Page} page @param {string} words */
async function shows(page, words) {
  await page.waitForSelector(`::-p-text(${words})`, { visible: true });
}
