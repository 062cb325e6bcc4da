// How a call is looked at: who is large, who interprets, and what stands on top of other windows.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import {
  PATIENT,
  PROVIDER,
  accept,
  button,
  hangUp,
  invite,
  signIn,
  startCall,
  withSmallCamera,
} from "./support/people.js";
import { moves, seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const ALEX = "Alex Morgan";
const MARIA = "Maria Oliveira";
const VIEW = "Layout and view";
const WIDTHS = [1280, 820, 390];

describe("the layout of a call", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  before(async () => {
    [server, browser] = await Promise.all([
      Server.start(),
      chromium(["--use-fake-device-for-media-stream=fps=8"]),
    ]);
    await server.addUser("maria", MARIA, "provider");
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  test("is each user's own choice, and never leaves out the interpreter", async () => {
    const [provider, patient, maria] = await Promise.all(
      [PROVIDER, PATIENT, "maria"].map(async (username) => {
        const page = await signIn(browser, server.url, username, DESKTOP);
        await withSmallCamera(page);
        return page;
      }),
    );
    if (!provider || !patient || !maria) throw new Error("three pages");
    await startCall(provider, ALEX);
    await accept(patient);
    await seesMovingVideo(provider);
    await prepare(provider);

    await chooses(provider, "Two side by side");
    await provider.waitForFunction(isOf, {}, ALEX, "You", 1);
    await isAccessible(provider, "two side by side");
    await provider.setViewport(DESKTOP);

    await invite(provider, MARIA, "Interpreter");
    await accept(maria);
    await provider.bringToFront();
    for (const name of [ALEX, MARIA])
      await moves(provider, `ul > li video[aria-label="${name}"]`, 4);
    for (const layout of ["All equally large", "Whoever speaks large", "Two side by side"]) {
      await chooses(provider, layout);
      for (const width of WIDTHS) {
        await provider.setViewport({ width, height: 844 });
        await provider.waitForFunction(inSight, {}, [ALEX, MARIA, "You"]);
      }
      await isAccessible(provider, layout);
      await provider.setViewport(DESKTOP);
    }
    await provider.waitForFunction(isOf, {}, MARIA, "You"); // one of two side by side

    await chooses(provider, "All equally large");
    await button(provider, `Show ${ALEX} large`).click();
    await provider.waitForFunction(isOf, {}, ALEX, MARIA);
    await provider.waitForFunction(inSight, {}, [MARIA]);
    await button(provider, `Show ${ALEX} large`).click();

    await button(provider, VIEW).click();
    await provider.waitForSelector(`[role="dialog"] ::-p-text(${MARIA} and the others)`);
    await isAccessible(provider, "layout and view");
    await provider.setViewport(DESKTOP);
    await provider.focus('[role="dialog"] input[type="range"]');
    await provider.keyboard.press("End");
    assert.deepEqual(await volumes(provider), { [ALEX]: 0.06, [MARIA]: 1 });
    await provider.keyboard.press("Home");
    assert.deepEqual(await volumes(provider), { [ALEX]: 1, [MARIA]: 0.06 });
    await provider.locator('[role="dialog"] label ::-p-text(Your own picture)').click();
    await provider.keyboard.press("Escape");
    await provider.waitForFunction(isGone, {}, "You");

    await onTop(provider, true);
    await provider.waitForFunction(() => document.pictureInPictureElement !== null);
    await onTop(provider, false);
    await provider.waitForFunction(() => document.pictureInPictureElement === null);

    await chooses(provider, "Whoever speaks large");
    await provider.reload();
    await moves(provider, `ul > li video[aria-label="${MARIA}"]`, 4);
    await Promise.any([
      provider.waitForFunction(isOf, {}, ALEX, MARIA),
      provider.waitForFunction(isOf, {}, MARIA, ALEX),
    ]); // remembered
    assert.ok(await provider.evaluate(isGone, "You"));
    await maria.bringToFront();
    await maria.waitForFunction(inSight, {}, ["You"]); // nobody else knows of it
    await hangUp(provider);
    await patient.waitForSelector("::-p-text(The call has ended)");
  });
});

/** @param {Page} page @param {string} layout */
async function chooses(page, layout) {
  await page.bringToFront();
  await button(page, VIEW).click();
  await page.locator(`[role="dialog"] label ::-p-text(${layout})`).click();
  await page.keyboard.press("Escape");
  await page.waitForSelector('[role="dialog"]', { hidden: true });
}

/** @param {Page} page @param {boolean} on */
async function onTop(page, on) {
  await button(page, VIEW).click();
  await button(page, on ? "Picture on top of other windows" : "Take the picture back").click();
}

/**
 * Runs in the page: whether the tile of the one is as many times that of the other, within a tenth,
 * or more than twice where no number is given.
 * @param {string} one @param {string} other @param {number} [times]
 */
function isOf(one, other, times) {
  const [first = 0, second = 0] = [one, other].map((name) => {
    const tile = document.querySelector(`ul > li video[aria-label="${name}"]`)?.closest("li");
    const { width = 0, height = 0 } = tile?.getBoundingClientRect() ?? {};
    return width * height;
  });
  if (first === 0 || second === 0) return false;
  return times === undefined ? first > 2 * second : Math.abs(first / second - times) < times / 10;
}

/**
 * Runs in the page: whether the tiles of all of these are on the screen as a whole.
 * @param {string[]} names
 */
function inSight(names) {
  return names.every((name) => {
    const tile = document.querySelector(`ul > li video[aria-label="${name}"]`)?.closest("li");
    if (!tile) return false;
    const { left, right, top, bottom, width, height } = tile.getBoundingClientRect();
    const isWhole = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    return isWhole && width > 60 && height > 60;
  });
}

/** Runs in the page. @param {string} name */
function isGone(name) {
  return document.querySelector(`video[aria-label="${name}"]`) === null;
}

/** How loud each of the others is played. @param {Page} page */
function volumes(page) {
  return page.$$eval('ul > li video:not([aria-label="You"])', (videos) =>
    Object.fromEntries(
      videos.map((video) => [
        video.getAttribute("aria-label"),
        /** @type {HTMLVideoElement} */ (video).volume,
      ]),
    ),
  );
}
