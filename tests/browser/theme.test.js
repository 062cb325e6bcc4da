// Light and dark: as the system has it, as it is chosen, and never the other one first.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { chromium } from "./support/browser.js";
import { PROVIDER, button, signIn } from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const PAPER = { light: "rgb(247, 246, 243)", dark: "rgb(14, 22, 24)" };

/** @type {Server} */ let server;
/** @type {import("puppeteer-core").Browser} */ let browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), chromium()]);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("pages follow the system, until somebody chooses before signing in", async () => {
  const page = await (await browser.createBrowserContext()).newPage();
  await system(page, "dark");
  await page.goto(`${server.url}/login`);
  await button(page, "Sign in").wait();
  assert.equal(await paper(page), PAPER.dark);
  await system(page, "light");
  assert.equal(await paper(page), PAPER.light);

  const choice = await page.waitForSelector("aria/Theme");
  await choice?.select("dark");
  assert.equal(await paper(page), PAPER.dark);
  await choice?.select("system");
  assert.equal(await paper(page), PAPER.light);
  await page.browserContext().close();
});

test("the menu of a user has the themes, for the keyboard too, and the next page opens in the chosen one", async () => {
  const page = await signIn(browser, server.url, PROVIDER);
  await system(page, "light");
  const other = await page.browserContext().newPage();
  await other.goto(server.url);
  await page.bringToFront();
  await page.focus('header button[aria-haspopup="true"]');
  await page.keyboard.press("Enter");
  await page.waitForSelector(
    '[role="menuitemradio"][aria-checked="true"] ::-p-text(Same as this device)',
  );
  await page.keyboard.press("End"); // Sign out
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.waitForSelector('[role="menuitemradio"][aria-checked="true"] ::-p-text(Dark)');
  assert.equal(await paper(page), PAPER.dark);
  await other.waitForFunction(
    (dark) => getComputedStyle(document.documentElement).backgroundColor === dark,
    {},
    PAPER.dark,
  );

  await page.evaluateOnNewDocument(() => {
    const kept = Object.assign(window, { papers: /** @type {string[]} */ ([]) });
    const look = () => {
      kept.papers.push(getComputedStyle(document.documentElement).backgroundColor);
      requestAnimationFrame(look);
    };
    new PerformanceObserver(look).observe({ type: "paint", buffered: true });
  });
  await page.reload();
  await page.locator('nav[aria-label="Main"]').wait();
  await page.waitForFunction(() => /** @type {any} */ (window).papers.length > 0);
  const papers = await page.evaluate(
    () => /** @type {{papers: string[]}} */ (/** @type {unknown} */ (window)).papers,
  );
  assert.deepEqual(new Set(papers), new Set([PAPER.dark]));
  const drawnAfter = await page.$eval("script[src*=early]", (script) =>
    script.matches("head > :first-child"),
  );
  assert.ok(drawnAfter, "nothing is drawn before the theme is known");
  await page.browserContext().close();
});

/** @param {Page} page @param {"light" | "dark"} theme */
function system(page, theme) {
  return page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
}

/** What the page is drawn on. @param {Page} page */
function paper(page) {
  return page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
}
