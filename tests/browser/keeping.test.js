// What keeps a recording, as compliance sees and decides it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { COMPLIANCE, PATIENT, button, follow, signIn } from "./support/people.js";
import { recordCall } from "./support/recorded.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

describe("a recording", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {Page} */ let page;
  before(async () => {
    [server, browser] = await Promise.all([
      Server.start({ CARELAY_RETENTION_VIDEO_DAYS: "30" }),
      chromium(),
    ]);
    await recordCall(browser, server.url, 15);
    page = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
    await prepare(page);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  test("is put on hold, found by that, and released, each time with a reason", async () => {
    await show("On hold");
    await page.waitForSelector("::-p-text(No recording matches)");
    await showAll();
    await follow(page, "Alex Morgan");

    await button(page, "Put on hold").click();
    await page.waitForSelector('[role="alertdialog"]');
    await isAccessible(page, "the dialog that asks why");
    await page.waitForSelector('[role="alertdialog"] button[type="submit"]:disabled');
    await page.keyboard.type("Complaint of 3 March");
    await page.keyboard.press("Enter");
    await page.waitForSelector('[role="alertdialog"]', { hidden: true });
    await page.waitForSelector("li ::-p-text(Put on hold by)");
    await page.waitForSelector("td ::-p-text(Put on hold)");
    await isAccessible(page, "a recording on hold");

    await follow(page, "All recordings");
    await show("On hold");
    await page.waitForSelector("tr ::-p-text(On hold)");
    await isAccessible(page, "the list of what is on hold");
    await follow(page, "Alex Morgan");
    await button(page, "Release the hold: Complaint of 3 March").click();
    await page.locator('[role="alertdialog"] input').fill("It was withdrawn");
    await confirm("Release").click();
    await page.waitForSelector("li ::-p-text(It was withdrawn)");
    await page.goBack();
    await page.waitForSelector("::-p-text(No recording matches)");
    await showAll();
    await page.waitForSelector("a ::-p-text(Alex Morgan)");
  });

  test("says when its time is over, unless it is on hold", async () => {
    await show("Expiring soon");
    await page.waitForSelector("tr ::-p-text(Expires )");
    await isAccessible(page, "the list of what expires");
    await follow(page, "Alex Morgan");
    await page.waitForSelector("::-p-text(unless it is on hold then)");
    await page.goBack();
    await showAll();
    await page.waitForSelector("a ::-p-text(Alex Morgan)");
  });

  test("is shown to its patient, with who has opened it, and not that it was on hold", async () => {
    const patient = await signIn(browser, server.url, PATIENT, DESKTOP);
    await prepare(patient);
    await patient.locator('nav a[href="/my-recordings"]').click();
    await patient.waitForSelector("::-p-text(It is kept until)");
    await patient.locator("summary ::-p-text(Opened)").click();
    await patient.waitForSelector("li li ::-p-text(Casey Nguyen \\(Compliance\\) looked at)");
    assert.equal(await patient.$("::-p-text(hold)"), null);
    await isAccessible(patient, "recordings of a patient");
    await patient.locator("button ::-p-text(Ask for a copy)").click();
    await patient.waitForSelector('[role="alertdialog"]');
    await isAccessible(patient, "the dialog that asks for a copy");
    await button(patient, "Ask").click();
    await patient.waitForSelector("::-p-text(The practice has not answered yet)");

    await page.bringToFront();
    await page.setViewport(DESKTOP);
    await page.locator('nav a[href="/requests"]').click();
    await page.waitForSelector("li ::-p-text(Alex Morgan asks for a copy of a recording.)");
    await isAccessible(page, "requests of patients");
    await page.locator("button ::-p-text(Decline)").click();
    await page.locator('[role="alertdialog"] input').fill("It shows somebody else");
    await confirm("Decline").click();
    await page.waitForSelector("::-p-text(Nothing waits for an answer)");
    await isAccessible(page, "no requests of patients");
    await page.goBack();
    await page.waitForSelector("a ::-p-text(Alex Morgan)");

    await patient.bringToFront();
    await patient.reload();
    await patient.waitForSelector("li li ::-p-text(Reason: It shows somebody else)");
    await isAccessible(patient, "recordings of a patient with an answer");
    await patient.browserContext().close();
  });

  test("is erased with a reason, and stays on record", async () => {
    await follow(page, "Alex Morgan");
    await button(page, "Put on hold").click();
    await page.locator('[role="alertdialog"] input').fill("Inquiry");
    await confirm("Put on hold").click();
    await page.waitForSelector("::-p-text(Release every hold first)");
    await page.waitForSelector('::-p-xpath(//button[.="Erase recording" and @disabled])');
    await button(page, "Release the hold: Inquiry").click();
    await page.locator('[role="alertdialog"] input').fill("It is over");
    await confirm("Release").click();
    await button(page, "Erase recording").click();
    await page.waitForSelector('[role="alertdialog"]');
    await isAccessible(page, "the dialog that erases");
    await page.locator('[role="alertdialog"] input').fill("The patient asked for it");
    await confirm("Erase for good").click();
    await page.waitForSelector('[role="status"] ::-p-text(This recording was erased)');
    await page.waitForSelector("::-p-text(Reason: The patient asked for it)");
    assert.equal(await page.$("button ::-p-text(Open and play)"), null);
    assert.equal(await page.$("button ::-p-text(Download)"), null);
    await isAccessible(page, "an erased recording");
    await follow(page, "All recordings");
    await page.waitForSelector("tr ::-p-text(Erased)");
    await show("Erased");
    await page.waitForSelector("a ::-p-text(Alex Morgan)");
    await isAccessible(page, "the list of what was erased");
  });

  /** The button that confirms a dialog. @param {string} name */
  function confirm(name) {
    return page.locator(`::-p-xpath(//*[@role="alertdialog"]//button[normalize-space(.)="${name}"])`);
  }

  async function showAll() {
    await page.locator("search button ::-p-text(Clear filters)").click();
    await page.waitForSelector("search ::-p-text(Clear filters)", { hidden: true });
  }

  /** Of the list, those of a kind. @param {string} kind */
  async function show(kind) {
    await page.locator(`search button[aria-pressed] ::-p-text(${kind})`).click();
    await page.waitForSelector(`search button[aria-pressed="true"] ::-p-text(${kind})`);
  }
});
