// Long lists: what was shown of them, and where one was, is there again after Back.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DESKTOP, chromium } from "./support/browser.js";
import { PROVIDER, button, follow, signIn } from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** Calls of the demo's provider: as many as one that there is, an hour before each other. */
const MANY_CALLS = `
  WITH RECURSIVE turns(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turns WHERE n < 130)
  INSERT INTO telemedicine_sessions (id, room_id, created_at, patient_id, provider_id,
    invitation_expires_at, started_at, ended_at, duration_seconds, duration_minutes, call_status,
    end_reason, audio_only, recording_enabled, bandwidth_used, node_id, fence)
  SELECT 'many-' || n, 'many-' || n,
    strftime('%Y-%m-%d %H:%M:%f000', created_at, '-' || n || ' hours'), patient_id, provider_id,
    invitation_expires_at, started_at, ended_at, duration_seconds, duration_minutes, call_status,
    end_reason, audio_only, recording_enabled, bandwidth_used, node_id, fence
  FROM turns, (SELECT * FROM telemedicine_sessions JOIN users ON users.id = provider_id
    WHERE username = '${PROVIDER}' AND call_status = 'ended' LIMIT 1)`;

describe("a long list", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {Page} */ let page;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(), chromium()]);
    await server.change(MANY_CALLS);
    page = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await follow(page, "All calls");
    await rows(page, 50);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  test("begins at its top, and grows by Show more to its end", async () => {
    assert.equal(await page.evaluate(() => scrollY), 0);
    await button(page, "Show more").click();
    await rows(page, 100);
    await button(page, "Show more").click();
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length > 130);
    assert.equal(await page.$("::-p-text(Show more)"), null);
  });

  test("is there again after Back, with the same call under the eye and the focus", async () => {
    const shown = await page.$$eval("tbody tr", (all) => all.length);
    for (const leave of [press, pressEnter]) {
      const left = await leave(page, "/room/many-90");
      await page.waitForSelector("::-p-text(This call has ended)");
      await page.goBack();
      await rows(page, shown);
      await standsAt(page, left);
      const focused = await page.evaluate(() => document.activeElement?.getAttribute("href"));
      assert.equal(focused, "/room/many-90");
    }
  });

  test("and after a reload, or after Back and Forward", async () => {
    const shown = await page.$$eval("tbody tr", (all) => all.length);
    const left = await scrollTo(page, "/room/many-70");
    await kept(page, left);
    await page.reload();
    await rows(page, shown);
    await standsAt(page, left);
    await page.goBack();
    await page.waitForSelector("::-p-text(Recent calls)");
    await page.goForward();
    await rows(page, shown);
    await standsAt(page, left);
  });

  test("says below it that more could not be loaded, and tries again", async () => {
    await page.goto(server.url);
    await follow(page, "All calls");
    await rows(page, 50);
    await page.setRequestInterception(true);
    let broken = true;
    page.on("request", (request) =>
      broken && request.url().includes("cursor=") ? request.abort() : request.continue(),
    );
    await button(page, "Show more").click();
    await page.waitForSelector('main [role="alert"]');
    await rows(page, 50);
    broken = false;
    await button(page, "Show more").click();
    await rows(page, 100);
    assert.equal(await page.$('main [role="alert"]'), null);
  });
});

/** @param {Page} page @param {number} count */
async function rows(page, count) {
  await page.waitForFunction(
    (wanted) => document.querySelectorAll("tbody tr").length === wanted,
    {},
    count,
  );
}

/** Where the page stands then. @param {Page} page @param {string} address of a link */
async function scrollTo(page, address) {
  return page.$eval(`a[href="${address}"]`, (link) => {
    link.scrollIntoView({ block: "center", behavior: "instant" });
    return scrollY;
  });
}

/** @param {Page} page @param {string} address */
async function press(page, address) {
  const top = await scrollTo(page, address);
  await page.$eval(`a[href="${address}"]`, (link) => /** @type {HTMLElement} */ (link).click());
  return top;
}

/** @param {Page} page @param {string} address */
async function pressEnter(page, address) {
  const top = await scrollTo(page, address);
  await page.$eval(`a[href="${address}"]`, (link) =>
    /** @type {HTMLElement} */ (link).focus({ preventScroll: true }),
  );
  await page.keyboard.press("Enter");
  return top;
}

/** @param {Page} page @param {number} top */
async function standsAt(page, top) {
  assert.ok(top > 1000, `${top} px is not far down`);
  await page.waitForFunction((wanted) => Math.abs(scrollY - wanted) < 2, {}, top);
}

/** The page has noted that it stands there. @param {Page} page @param {number} top */
async function kept(page, top) {
  await page.waitForFunction((wanted) => history.state?.kept?.place?.top === wanted, {}, top);
}
