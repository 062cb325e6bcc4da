// Who of the patients is online, as the provider's start page hears it: at once, and without
// asking.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DESKTOP, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, button, signIn } from "./support/people.js";
import { Server } from "./support/server.js";

const LIST = "/api/v1/telemedicine/patients";

/** @typedef {import("puppeteer-core").Page} Page */

describe("who is online", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(), chromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  test("is shown as patients come and go, and no reload of theirs flickers", async () => {
    const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await shows(provider, "Alex Morgan", "Offline");
    await quiet(provider);
    const asked = requests(provider);
    const patient = await signIn(browser, server.url, PATIENT, DESKTOP);
    await shows(provider, "Alex Morgan", "Online");
    await provider.waitForSelector("::-p-text(1 patient online)");
    const seen = await changes(provider);
    const window = await patient.browserContext().newPage();
    await patient.reload();
    await patient.locator('nav[aria-label="Main"]').wait();
    await window.goto(server.url);
    await window.locator('nav[aria-label="Main"]').wait();
    await patient.close();
    assert.deepEqual(await seen(), []);
    await window.close();
    await shows(provider, "Alex Morgan", "Offline");
    await provider.waitForSelector("::-p-text(0 patients online)");
    assert.deepEqual(asked, [], "nobody asked");
    await patient.browserContext().close();
    await provider.browserContext().close();
  });

  test("is told of somebody new, and in the dialog before a call", async () => {
    const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await shows(provider, "Sam Lee", "Offline");
    await server.addUser("nia.new", "Nia New", "patient");
    const patient = await signIn(browser, server.url, "nia.new", DESKTOP);
    await shows(provider, "Nia New", "Online");
    await button(provider, "Start call with Nia New").click();
    await provider.waitForSelector('[role="dialog"] ::-p-text(Nia New is online)');
    await patient.browserContext().close();
    await provider.waitForSelector('[role="dialog"] ::-p-text(Nia New is not online)');
    await provider.browserContext().close();
  });

  test("is asked anew when the connection or the page is back", async () => {
    const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await shows(provider, "Alex Morgan", "Offline");
    await quiet(provider);
    for (const [target, event] of [
      ["window", "online"],
      ["document", "visibilitychange"],
    ]) {
      const asked = provider.waitForResponse((reply) => reply.url().endsWith(LIST) && reply.ok());
      await provider.evaluate(`void ${target}.dispatchEvent(new Event("${event}"))`);
      await asked;
    }
    await provider.browserContext().close();
  });
});

/**
 * Waits until the row of somebody says so.
 * @param {Page} page
 * @param {string} name
 * @param {string} word
 */
async function shows(page, name, word) {
  await page.waitForSelector(
    `::-p-xpath(//main//li[contains(., "${name}") and contains(., "${word}")])`,
  );
}

/** Nothing that the page loads to begin with is still under way. @param {Page} page */
async function quiet(page) {
  await page.waitForNetworkIdle({ idleTime: 1000 });
}

/** Addresses of lists that are asked for from now on. @param {Page} page @returns {string[]} */
function requests(page) {
  /** @type {string[]} */ const asked = [];
  page.on("request", (request) => {
    if (request.url().endsWith(LIST)) asked.push(request.url());
  });
  return asked;
}

/** What the list of patients says meanwhile that it does not say now. @param {Page} page */
async function changes(page) {
  const seen = await page.evaluateHandle(() => {
    const list = /** @type {Element} */ (document.querySelector("main ul"));
    /** @type {string[]} */ const texts = [];
    new MutationObserver(() => texts.push(list.textContent)).observe(list, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    return texts;
  });
  return () => seen.jsonValue();
}
