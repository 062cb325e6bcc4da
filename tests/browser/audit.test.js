// The audit log as compliance looks through it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { COMPLIANCE, PROVIDER, button, signIn } from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** More than a page holds, of somebody who was refused once. */
const MANY_ROWS = `
  WITH RECURSIVE turns(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turns WHERE n < 60)
  INSERT INTO audit (at, action, actor_id, actor_name, actor_role, address, detail)
  SELECT '2026-01-01 09:' || printf('%02d', n - 1) || ':00.000000',
    CASE n WHEN 30 THEN 'recording.denied' ELSE 'recording.listed' END,
    id, name, role, '198.51.100.7', '{"number":' || n || '}'
  FROM turns, (SELECT * FROM users WHERE username = '${PROVIDER}')`;

describe("the audit log", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {Page} */ let page;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(), chromium()]);
    await server.change(MANY_ROWS);
    page = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
    await prepare(page);
    await page.locator('nav a[href="/audit"]').click();
    await entries(50);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  test("says what happened, and whether it is whole", async () => {
    await page.waitForSelector("li ::-p-text(Casey Nguyen signed in.)");
    await page.waitForSelector('[role="status"] ::-p-text(The log is)');
    await isAccessible(page, "audit log");
    await page.locator("li details summary").click();
    await page.waitForSelector("li details[open] dd");
    await isAccessible(page, "audit entry");
    await page.locator("li details[open] summary").click();
  });

  test("grows downward to its end", async () => {
    await button(page, "Show older entries").click();
    await page.waitForFunction(() => document.querySelectorAll("main li").length > 60);
    assert.equal(await page.$("::-p-text(Show older entries)"), null);
  });

  test("is narrowed down by who did it, what came of it and from where", async () => {
    const field = await person("Done by");
    await field.type("rivera");
    await page.locator('[role="option"] ::-p-text(Elena Rivera)').click();
    await entries(50);
    await isAccessible(page, "audit log of somebody");
    await choose("Outcome", "Refused");
    await entries(1);
    const lines = await page.$eval("a ::-p-text(Export as FHIR)", async (link) => {
      const address = /** @type {HTMLAnchorElement} */ (link.closest("a")).href;
      return (await (await fetch(address)).text()).trim().split("\n");
    });
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).outcome),
      ["4"],
    );
    await page.waitForSelector("li ::-p-text(asked for a recording, and was refused)");
    await page.waitForSelector("li ::-p-text(Refused)");
    await page.locator("li details summary").click();
    await button(page, "Only from 198.51.100.7").click();
    await entries(1);
    const address = '::-p-xpath(//label[.="Network address"]/following::input[1])';
    const shown = await page.$eval(address, (input) => input.getAttribute("value"));
    assert.equal(shown, "198.51.100.7");
    await page.locator(address).fill("203.0.113.1");
    await page.keyboard.press("Enter");
    await page.waitForSelector("::-p-text(No entry matches)");
    await isAccessible(page, "audit log without an entry");
    await page.reload();
    await page.waitForSelector("::-p-text(No entry matches)");
    await button(page, "Clear filters").click();
    await entries(50);
  });

  test("tells nobody of that name, and tells of each look", async () => {
    const field = await person("Concerns");
    await field.type("nobody at all");
    await page.waitForSelector("::-p-text(Nobody is called that)");
    await page.keyboard.press("Escape");
    await choose("About", "This log");
    await page.waitForSelector("li ::-p-text(Casey Nguyen looked through the audit log)");
  });

  /** That so many are shown. @param {number} count */
  async function entries(count) {
    await page.waitForFunction(
      (count) => document.querySelectorAll("main section li").length === count,
      {},
      count,
    );
  }

  /** @param {string} label */
  async function person(label) {
    const found = await page.waitForSelector(
      `::-p-xpath(//label[.="${label}"]/following::input[@role="combobox"][1])`,
    );
    assert.ok(found);
    return found;
  }

  /** @param {string} label @param {string} option */
  async function choose(label, option) {
    await page
      .locator(`::-p-xpath(//search//*[.="${label}"]/following::button[@aria-haspopup][1])`)
      .click();
    await page.locator(`[role="option"] ::-p-text(${option})`).click();
    await page.waitForSelector('[role="listbox"]', { hidden: true });
  }
});
