// The player of a recording in which somebody shared a screen and somebody switched the camera off.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DESKTOP, chromium } from "./support/browser.js";
import {
  COMPLIANCE,
  PATIENT,
  PROVIDER,
  accept,
  button,
  follow,
  hangUp,
  openAndPlay,
  signIn,
  startCall,
} from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

describe("the player", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {Page} */ let page;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(), chromium()]);
    await record();
    page = await open();
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  /** A call of a dozen seconds: both, then a screen as well, then the patient's voice alone. */
  async function record() {
    const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    const patient = await signIn(browser, server.url, PATIENT, DESKTOP);
    await startCall(provider, "Alex Morgan", { recording: true });
    await accept(patient, { consent: true });
    await button(provider, "Recording: Recording").wait();
    await Promise.all([seesMovingVideo(provider, 45), seesMovingVideo(patient, 45)]);
    await button(provider, "Share screen").click();
    await patient.waitForSelector("::-p-text(is sharing a screen)");
    await seesMovingVideo(provider, 90);
    await button(provider, "Stop sharing").click();
    await button(patient, "Turn camera off").click();
    await provider.waitForSelector("::-p-text(Camera is off)");
    await seesMovingVideo(patient, 150); // the provider's picture goes on meanwhile
    await hangUp(provider);
    await patient.waitForSelector("::-p-text(The call has ended)");
    await Promise.all([provider, patient].map((page) => page.browserContext().close()));
  }

  /** The player, opened. */
  async function open() {
    const page = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
    await follow(page, "Alex Morgan");
    await openAndPlay(page);
    // Space is for it.
    await page.waitForFunction(() => document.activeElement?.closest('[aria-label="Player"]'));
    return page;
  }

  test("keeps its controls in place and on the screen when a shared screen comes and goes", async () => {
    await pause(page);
    for (const [width, height] of /** @type {const} */ ([
      [1280, 800],
      [390, 844],
    ])) {
      await page.setViewport({ width, height });
      await page.keyboard.press("Home");
      await page.waitForFunction(standsAt, {}, 0);
      const before = await controls(page);
      await stepUntilScreen(page);
      assert.deepEqual(await controls(page), before, `with the screen, ${width} px wide`);
      await page.keyboard.press("Home");
      await page.waitForFunction(() => document.querySelector("figure.hidden"));
      assert.deepEqual(await controls(page), before, `after the screen, ${width} px wide`);
      assert.ok(before.bottom <= height, `controls end at ${before.bottom} of ${height}`);
    }
  });

  test("draws a camera that is off as no picture", async () => {
    await pause(page);
    const tile =
      "::-p-xpath(//figure[contains(., 'Alex Morgan') and contains(., 'No picture at this time')])";
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.waitForSelector(tile);
    await page.keyboard.press("Home");
    await page.waitForSelector(tile, { hidden: true });
    await button(page, "Play").click();
    await page.waitForSelector(tile, { timeout: 60_000 }); // the same while it plays
  });

  test("tells one length in words and on its clock", async () => {
    const [words, clock] = await page.evaluate(() => {
      const text = document.body.innerText;
      return [/(\d+) seconds/.exec(text)?.[1], / of 0:(\d\d)/.exec(text)?.[1]];
    });
    assert.ok(words);
    assert.equal(Number(words), Number(clock));
  });

  test("plays and pauses by Space, which does not scroll, and skips by the arrows", async () => {
    await pause(page);
    await page.setViewport({ width: 1280, height: 500 });
    await page.keyboard.press("Home");
    await page.locator("figure:not(.hidden)").click(); // the focus is on no button now
    const scrolled = await page.evaluate(() => scrollY);
    await page.keyboard.press("Space");
    await button(page, "Pause").wait();
    await page.keyboard.press("Space");
    await button(page, "Play").wait();
    assert.equal(await page.evaluate(() => scrollY), scrolled);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => Number(document.querySelector("input")?.value) >= 10);
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() => Number(document.querySelector("input")?.value) < 10);
  });

  test("is left by Back for a list that kept its filter", async () => {
    const list = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
    await button(list, "Recorded").click();
    await list.waitForFunction(() => location.search === "?state=sealed");
    await list.locator("table a").click();
    await list.waitForSelector("a ::-p-text(All recordings)");
    await list.goBack();
    await list.waitForSelector("table a");
    await list.waitForSelector('button[aria-pressed="true"] ::-p-text(Recorded)');
    assert.equal(new URL(list.url()).search, "?state=sealed");
    await list.browserContext().close();
  });

  test("stops its clock when the files cannot be read", async () => {
    await page.setRequestInterception(true);
    page.on("request", (request) =>
      request.resourceType() === "media" ? request.abort() : request.continue(),
    );
    await page.reload();
    await openAndPlay(page);
    await page.waitForSelector('[role="alert"] ::-p-text(could not be read)');
    await button(page, "Play").click(); // there is nothing to play on with
    await button(page, "Play").wait();
    const position = () => page.$eval("input", (input) => input.value);
    const before = await position();
    await page.waitForSelector("::-p-text(This file could not be read)");
    // Longer than a step of the clock.
    await page.evaluate(() => new Promise((next) => setTimeout(next, 1500)));
    assert.equal(await position(), before);
  });

  test("says what somebody has changed of it in the database", async () => {
    const page = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
    await follow(page, "Alex Morgan");
    await page.waitForSelector("::-p-text(Nobody has changed the list of these files)");
    assert.equal(await page.$('main [role="alert"]'), null);
    await server.change("DELETE FROM recording_parts WHERE source = 'screen'");
    const patient = "SELECT id FROM users WHERE username = 'alex.morgan'";
    await server.change(
      `UPDATE recording_parts SET duration_ms = 1 WHERE participant_id IN (${patient})`,
    );
    await page.reload();
    const alert = await page.waitForSelector('main [role="alert"]');
    assert.match(
      (await alert?.evaluate((box) => box.textContent)) ?? "",
      /was changed in the database/,
    );
    const files = await page.$$eval("li", (items) => items.map((item) => item.textContent ?? ""));
    const changed = files.filter((text) => text.endsWith("Changed"));
    assert.ok(
      changed.length > 0 && changed.every((text) => text.startsWith("Alex Morgan")),
      files.join("\n"),
    );
    await button(page, "Refresh").click(); // what was found is in the log by then
    await page.waitForSelector("td ::-p-text(Damage found)");
    await page.browserContext().close();
  });
});

/** Stands still, with the focus on the time line. @param {Page} page */
async function pause(page) {
  await page.bringToFront();
  if (await page.$('button[aria-label="Pause"]')) await button(page, "Pause").click();
  await button(page, "Play").wait();
  await page.focus('[aria-label="Player"] input');
}

/** Second by second, to where the shared screen is seen. @param {Page} page */
async function stepUntilScreen(page) {
  while (await page.$("figure.hidden")) {
    const [now, most] = await page.$eval('[aria-label="Player"] input', (input) => [
      Number(input.value),
      Number(input.max),
    ]);
    assert.ok(now < most, "no moment of this recording shows the screen");
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(standsAt, {}, now + 1);
  }
}

/** Runs in the page. @param {number} second */
function standsAt(second) {
  const line = document.querySelector('[aria-label="Player"] input');
  return line instanceof HTMLInputElement && Number(line.value) === second;
}

/** Where the controls are on the page, and where they end on the screen. @param {Page} page */
async function controls(page) {
  return page.$eval('[aria-label="Player"] input', (input) => {
    const bar = input.closest(".sticky");
    const { top, bottom } = /** @type {Element} */ (bar).getBoundingClientRect();
    return { top: Math.round(top), bottom: Math.round(bottom) };
  });
}
