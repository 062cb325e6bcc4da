// A recording is opened for a reason, which stays in its log, and says over the picture who looks.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { COMPLIANCE, button, follow, signIn } from "./support/people.js";
import { recordCall } from "./support/recorded.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** @type {Server} */ let server;
/** @type {import("puppeteer-core").Browser} */ let browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), chromium()]);
  await recordCall(browser, server.url, 30);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("whoever opens a recording says why, once, and sees whose eyes it is for", async () => {
  const page = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
  await prepare(page);
  await follow(page, "Alex Morgan");
  // A download asks as well, if nobody has said why yet.
  await page.locator('button[aria-label^="Download"]').click();
  await confirmed(page);
  await shows(page, "Why are you opening this recording?");
  await button(page, "Cancel").click();
  await button(page, "Open and play").click();
  await shows(page, "Why are you opening this recording?");
  assert.equal(await disabled(page), true, "nothing is chosen beforehand");
  await page.locator("label ::-p-text(Other)").click();
  assert.equal(await disabled(page), true, "in words of one's own");
  await isAccessible(page, "why a recording is opened");
  const [field] = await page.$$('[role="dialog"] input:not([type="radio"])');
  await field?.type("A sound test");
  await button(page, "Open recording").click();
  await page.waitForFunction(() => document.activeElement?.closest('[aria-label="Player"]'));
  await page.waitForFunction(() =>
    [...document.querySelectorAll("figure video")].some(
      (video) => /** @type {HTMLVideoElement} */ (video).currentTime > 0.5,
    ),
  );
  await isAccessible(page, "player with a watermark");
  const mark = await page.$eval("[data-watermark]", (each) => each.getAttribute("data-watermark"));
  assert.match(String(mark), /^Casey Nguyen · .*20\d\d/);
  assert.ok(await page.evaluate(covers), "all of the pictures");
  await button(page, "Full screen").click();
  await page.waitForFunction(() => document.fullscreenElement?.matches('[aria-label="Player"]'));
  assert.ok(await page.evaluate(covers), "all of the pictures, in full screen as well");
  await button(page, "Leave full screen").click();
  await page.waitForFunction(() => document.fullscreenElement === null);
  const log = await details("recording.played");
  assert.deepEqual(log, [{ purpose_of_event: "HOPERAT", reason: "A sound test" }]);

  await page.locator('button[aria-label^="Download"]').click();
  await confirmed(page); // it was said why
  await untilLogged("recording.downloaded");
  await button(page, "Refresh").click();
  await shows(page, "Other: A sound test");
});

/**
 * Runs in the page: the mark lies over each picture, and whatever is clicked is the mark.
 * On a phone the controls stay in view, over what is below.
 */
function covers() {
  return [...document.querySelectorAll("figure")].every((picture) => {
    picture.scrollIntoView({ behavior: "instant", block: "center" });
    const { left, top, width, height } = picture.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    return hit?.closest("[data-watermark]") !== null;
  });
}

/** That the file leaves the encrypted store. @param {Page} page */
async function confirmed(page) {
  await page.locator('::-p-xpath(//*[@role="alertdialog"]//button[.="Download"])').click();
  await page.waitForSelector('[role="alertdialog"]', { hidden: true });
}

/** @param {Page} page */
function disabled(page) {
  return page.$eval(
    '::-p-xpath(//button[normalize-space(.)="Open recording"])',
    (each) => /** @type {HTMLButtonElement} */ (each).disabled,
  );
}

/** What the log has of such an action. @param {string} action */
async function details(action) {
  const as = await server.as(COMPLIANCE);
  const [found] = (await (await as("recordings")).json()).recordings;
  const { access_log } = await (await as(`recordings/${found.recording_id}`)).json();
  return access_log
    .filter((/** @type {{action: string}} */ entry) => entry.action === action)
    .map((/** @type {{detail: object}} */ entry) => entry.detail);
}

/** @param {string} action */
async function untilLogged(action) {
  for (const end = Date.now() + 20_000; (await details(action)).length === 0; ) {
    assert.ok(Date.now() < end, action);
    await new Promise((next) => setTimeout(next, 100));
  }
}

/** @param {Page} page @param {string} words */
async function shows(page, words) {
  await page.waitForSelector(`::-p-text(${words})`, { visible: true });
}
