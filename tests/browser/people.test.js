// Administrators manage accounts, and providers the records of their patients.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { Letters } from "./support/letters.js";
import { ADMIN, PROVIDER, button, follow, signIn } from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const NAME = "Dr. Oluwaseun Adébáyọ̀-Fitzgerald von und zu Hohenstein-Wallenrod";

describe("the people of a practice", () => {
  /** @type {Server} */ let server;
  /** @type {Letters} */ let letters;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  before(async () => {
    letters = await Letters.start();
    [server, browser] = await Promise.all([
      Server.start({
        CARELAY_SERVER_PUBLIC_URL: "{url}",
        CARELAY_SMTP_HOST: "127.0.0.1",
        CARELAY_SMTP_PORT: String(letters.port),
        CARELAY_SMTP_SECURITY: "none",
        CARELAY_SMTP_SENDER: "practice@example.org",
      }),
      chromium(),
    ]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
    await letters?.close();
  });

  test("an administrator invites somebody, who sets a password and signs in", async () => {
    const admin = await signIn(browser, server.url, ADMIN, DESKTOP);
    await prepare(admin);
    await admin.locator("nav ::-p-text(People)").click();
    await admin.locator("::-p-text(Dr. Elena Rivera)").wait();
    await isAccessible(admin, "people");
    await button(admin, "Add person").click();
    await field(admin, "Name").fill(NAME);
    await field(admin, "E-mail address").fill("adebayo@example.org");
    await isAccessible(admin, "people add");
    await admin.locator("[role=dialog] button[type=submit]").click();
    await admin.waitForSelector("h1 ::-p-text(Adébáyọ̀)");
    await admin.waitForSelector("::-p-text(Invited)");
    await isAccessible(admin, "people patient of an administrator");
    const link = await letters.find(/http:\S+#invitation=\S+/);
    await admin.browserContext().close();

    const context = await browser.createBrowserContext();
    const invited = await context.newPage();
    await invited.goto(link);
    await invited.waitForSelector("h1 ::-p-text(Welcome)");
    assert.equal(await invited.evaluate("location.hash"), "", "out of the address bar");
    await prepare(invited);
    await isAccessible(invited, "people invitation");
    await invited.locator('input[type="password"]').fill("short");
    await button(invited, "Save and sign in").click();
    await invited.waitForSelector("::-p-text(at least 10 characters)");
    await invited.locator('input[type="password"]').fill("a quiet green heron");
    await button(invited, "Save and sign in").click();
    await invited.locator('nav[aria-label="Main"]').wait();
    await invited.goto("about:blank");
    await invited.goto(link);
    await invited.waitForSelector("::-p-text(This link no longer works)");
    await context.close();
  });

  test("an administrator records where letters to a provider go, by keyboard", async () => {
    const admin = await signIn(browser, server.url, ADMIN, DESKTOP);
    await admin.locator("nav ::-p-text(People)").click();
    await follow(admin, "Dr. Elena Rivera");
    await admin.waitForSelector("input[type=email]");
    await admin.focus("input[type=email]");
    await admin.keyboard.type("elena@example.org");
    await admin.keyboard.press("Enter");
    await admin.waitForSelector("[role=status] ::-p-text(Saved)");
    assert.equal(await admin.evaluate(() => document.activeElement?.tagName), "INPUT", "stays");
    await admin.browserContext().close();
  });

  test("a provider adds a patient and keeps their record", async () => {
    const page = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await prepare(page);
    await page.locator("nav ::-p-text(Records)").click();
    await button(page, "Add patient").click();
    await field(page, "Name").fill("مريم بنت عبد الرحمن");
    await field(page, "Telephone").fill("0207 946 0000");
    await button(page, "Save").click();
    await page.waitForSelector("[role=alert] ::-p-text(country code)");
    await isAccessible(page, "people record");
    await field(page, "Telephone").fill("+44 207 946 0000");
    await page.$eval("input[type=date]", (input) => input.focus());
    await page.keyboard.type("02282008");
    await button(page, "Save").click();
    await page.waitForSelector("::-p-text(Born Feb 28, 2008)");
    await page.waitForFunction(
      () => document.querySelector('input[type="tel"]')?.getAttribute("value") === "+442079460000",
    );
    await page.locator("::-p-text(All people)").click();
    await page.locator("input[type=search]").fill("2008-02-28");
    await page.waitForSelector("[role=status] ::-p-text(1 person)");
    await page.browserContext().close();
  });
});

/** The first field of that label. @param {Page} page @param {string} label */
function field(page, label) {
  return page.locator(`::-p-xpath((//label[normalize-space(.)="${label}"])[1]/..//input)`);
}
