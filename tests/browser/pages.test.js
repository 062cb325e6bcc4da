// The pages around a call, as a person expects them: with the server away, on the way back, in
// forced colours.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DESKTOP, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, button, follow, signIn } from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

describe("the pages", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(), chromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  test("keep a filter for the way back, and out of the address", async () => {
    const page = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await button(page, "Start call with Alex Morgan").wait();
    await page.locator('input[type="search"]').fill("sam");
    await page.waitForSelector('button[aria-label="Start call with Jordan Kim"]', { hidden: true });
    assert.equal(page.url(), `${server.url}/`);
    await follow(page, "All calls");
    await page.waitForSelector("h1 ::-p-text(Calls)");
    await page.goBack();
    await button(page, "Start call with Sam Lee").wait();
    assert.equal(await page.$eval('input[type="search"]', (input) => input.value), "sam");
    assert.equal(await page.$('button[aria-label="Start call with Jordan Kim"]'), null);
    await page.browserContext().close();
  });

  for (const [username, late] of [
    [PROVIDER, "patients"],
    [PROVIDER, "appointments"],
    [PATIENT, "calls"],
    [PATIENT, "appointments"],
  ]) {
    test(`move nothing under the finger of ${username} while ${late} come late`, async () => {
      const page = await signIn(browser, server.url, username, DESKTOP);
      const { asked, release } = await heldBack(page, `/api/v1/telemedicine/${late}`);
      await page.reload();
      await page.waitForSelector("header ::-p-text(Connected)");
      await asked;
      await page.waitForSelector("main .animate-pulse");
      const before = await targets(page);
      await release();
      await page.waitForSelector("main .animate-pulse", { hidden: true });
      const after = await targets(page);
      assert.ok(after.has("All calls"), `${[...after.keys()]}`);
      for (const [name, place] of before) assert.deepEqual([name, after.get(name)], [name, place]);
      await page.browserContext().close();
    });
  }

  test("have edges in forced colours, and show what is chosen", async () => {
    const page = await signIn(browser, server.url, PROVIDER, DESKTOP);
    const session = await page.createCDPSession();
    await session.send("Emulation.setEmulatedMedia", {
      features: [{ name: "forced-colors", value: "active" }],
    });
    await button(page, "Start call with Alex Morgan").click();
    await button(page, "Call now").wait();
    const edgeless = await page.evaluate(() =>
      [...document.querySelectorAll('button, [role="dialog"], input:not([type="checkbox"])')]
        .filter((element) => {
          const { outlineStyle, borderTopStyle, borderTopWidth } = getComputedStyle(element);
          return outlineStyle === "none" && (borderTopStyle === "none" || borderTopWidth === "0px");
        })
        .map((element) => element.outerHTML.slice(0, 120)),
    );
    assert.deepEqual(edgeless, []);
    const track = () =>
      page.$eval("label .drawn", (each) => getComputedStyle(each).backgroundColor);
    const off = await track();
    await page.locator("label ::-p-text(Record this consultation)").click();
    await page.waitForFunction(
      (before) =>
        getComputedStyle(/** @type {Element} */ (document.querySelector("label .drawn")))
          .backgroundColor !== before,
      {},
      off,
    );
    await page.keyboard.press("Escape");
    await page.waitForSelector('[role="dialog"]', { hidden: true });
    await page.browserContext().close();
  });

  test("keep the provider's start page in its shape while the server is away", async () => {
    const page = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await button(page, "Start call with Alex Morgan").wait();
    const before = await places(page);
    await server.stop("SIGKILL");
    // Looked at again.
    await page.evaluate(() => void document.dispatchEvent(new Event("visibilitychange")));
    await page.waitForSelector('[role="alert"] ::-p-text(cannot be reached)');
    const now = await places(page);
    assert.deepEqual(
      now.map(({ left, width }) => ({ left, width })),
      before.map(({ left, width }) => ({ left, width })),
    );
    await page.browserContext().close();
  });
});

/** Where the two lists of the start page are. @param {Page} page */
function places(page) {
  return page.$$eval("main section", (sections) =>
    sections.map((section) => {
      const { left, width } = section.getBoundingClientRect();
      return { left: Math.round(left), width: Math.round(width) };
    }),
  );
}

/**
 * Answers to that address do not come before they are released.
 * @param {Page} page @param {string} path
 */
async function heldBack(page, path) {
  /** @type {import("puppeteer-core").HTTPRequest[]} */
  const held = [];
  let holding = true;
  /** @type {() => void} */ let ask;
  /** @type {Promise<void>} */
  const asked = new Promise((resolve) => {
    ask = resolve;
  });
  /** @param {import("puppeteer-core").HTTPRequest} request */
  const look = (request) => {
    if (holding && new URL(request.url()).pathname === path) {
      held.push(request);
      ask();
    } else void request.continue();
  };
  await page.setRequestInterception(true);
  page.on("request", look);
  const release = async () => {
    holding = false;
    await Promise.all(held.map((request) => request.continue()));
    page.off("request", look);
    await page.setRequestInterception(false);
  };
  return { asked, release };
}

/**
 * Where everything stands that can be pressed, by its name.
 * @param {Page} page @returns {Promise<Map<string, {x: number, y: number}>>}
 */
async function targets(page) {
  const found = await page.$$eval("main a, main button", (all) =>
    all.map((each) => {
      const { x, y } = each.getBoundingClientRect();
      return { name: each.getAttribute("aria-label") ?? each.innerText.trim(), place: { x, y } };
    }),
  );
  return new Map(found.map(({ name, place }) => [name, place]));
}
