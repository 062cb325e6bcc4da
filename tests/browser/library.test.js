// The library of recordings, as compliance looks for one among many.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { COMPLIANCE, PROVIDER, button, signIn } from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const CALLS = `FROM telemedicine_sessions JOIN users ON users.id = provider_id
  WHERE username = '${PROVIDER}' AND call_status = 'ended' LIMIT 1`;

/** Of one call of the demo's provider: 120 recordings, an hour before each other, minute by minute
 * longer; every fortieth was recovered. */
const MANY = `
  WITH RECURSIVE turns(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turns WHERE n < 120)
  INSERT INTO recordings (id, session_id, patient_id, provider_id, audio_only, state, duration_ms,
    started_at, wrapped_key, key_id, on_hold, fence)
  SELECT 'many-' || n, session_id, patient_id, provider_id, 0,
    CASE WHEN n % 40 = 0 THEN 'recovered' ELSE 'complete' END, n * 60000,
    strftime('%Y-%m-%d %H:%M:%f000', created_at, '-' || n || ' hours'), x'00', '0123456789abcdef',
    0, 0
  FROM turns, (SELECT telemedicine_sessions.id AS session_id, patient_id, provider_id,
    telemedicine_sessions.created_at AS created_at ${CALLS})`;

describe("the library of recordings", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {Page} */ let page;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(), chromium()]);
    await server.change(MANY);
    page = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
    await prepare(page);
    await page.goto(`${server.url}/recordings`);
    await rows(50);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  test("grows by Show more, and is as long again after Back", async () => {
    await says("The newest 50");
    await button(page, "Show more").click();
    await rows(100);
    await button(page, "Show more").click();
    await says("120 recordings");
    assert.equal(await page.$("main ::-p-text(Show more)"), null);
    await page.$eval('a[href="/recordings/many-110"]', (link) =>
      /** @type {HTMLElement} */ (link).click(),
    );
    await page.waitForSelector("h2 ::-p-text(Access log)");
    await page.goBack();
    await rows(120);
  });

  test("is narrowed down by state, length and person, in an address without names", async () => {
    await button(page, "Recovered").click();
    await rows(3);
    assert.equal(new URL(page.url()).search, "?state=recovered");
    const least = await page.waitForSelector("::-p-aria([name='At least (minutes)'])");
    await least?.type("41");
    await page.keyboard.press("Enter");
    await rows(2);
    const person = await page.waitForSelector(
      `::-p-xpath(//label[.="Patient, provider or guest"]/following::input[@role="combobox"][1])`,
    );
    await person?.type("river");
    await page.waitForSelector('[role="option"]');
    await page.keyboard.press("ArrowDown");
    await page.waitForSelector('[role="option"][data-focused]');
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.search.includes("person="));
    await rows(2);
    await isAccessible(page, "recordings by several filters");
    assert.doesNotMatch(decodeURIComponent(page.url()), /river/i);
  });

  test("is the same by its link, which names whom it is about, and after Back", async () => {
    await page.reload();
    await rows(2);
    await page.waitForSelector('input[role="combobox"][value="Dr. Elena Rivera"]');
    await page.$eval('a[href="/recordings/many-80"]', (link) =>
      /** @type {HTMLElement} */ (link).click(),
    );
    await page.waitForSelector("h2 ::-p-text(Access log)");
    await page.goBack();
    await rows(2);
    await page.waitForSelector('button[aria-pressed="true"] ::-p-text(Recovered)');
  });

  test("says that nothing matches, and leads back to all", async () => {
    await button(page, "On hold").click();
    await button(page, "Recovered").click();
    await page.waitForSelector("::-p-text(No recording matches)");
    await isAccessible(page, "recordings without a match");
    await button(page, "Clear filters").click();
    await rows(50);
    assert.equal(new URL(page.url()).search, "");
  });

  /** @param {number} count */
  async function rows(count) {
    await page.waitForFunction(
      (wanted) => document.querySelectorAll("main tbody tr").length === wanted,
      {},
      count,
    );
  }

  /** @param {string} words */
  async function says(words) {
    await page.waitForSelector(`main [role="status"] ::-p-text(${words})`);
  }
});
