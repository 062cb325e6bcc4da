// The background is blurred on the device: what is shown and sent has less detail, and is sharp
// again once that is turned off.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, accept, button, hangUp, signIn, startCall } from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const PREVIEW = 'video[aria-label="Preview of your camera"]';
const OTHER = 'section[data-call-phase] video:not([aria-label="You"])';
const LEAST_RATE = 10;

/** @type {Server} */ let server;
/** @type {import("puppeteer-core").Browser} */ let browser;
/** @type {string} */ let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "carelay-tiles-"));
  const film = join(folder, "tiles.y4m");
  await writeFile(film, beforeTiles(640, 360));
  [server, browser] = await Promise.all([
    Server.start(),
    chromium([`--use-file-for-fake-video-capture=${film}`]),
  ]);
});
after(async () => {
  await browser?.close();
  await server?.remove();
  await rm(folder, { recursive: true, force: true });
});

test("a blurred background is what is shown and sent, also from a hidden tab, until it is turned off", async () => {
  const provider = await signIn(browser, server.url, PROVIDER);
  const patient = await signIn(browser, server.url, PATIENT);
  await prepare(patient);
  const loaded = requested(patient);
  await button(patient, "Turn on camera and microphone").click();
  const sharp = await becomes(patient, PREVIEW, 8, 255);
  assert.deepEqual(loaded.filter(isOfBlur), [], "loaded unasked");
  await toggle(patient, "Blur my background");
  await becomes(patient, PREVIEW, 0, sharp / 5);
  assert.ok(loaded.filter(isOfBlur).length >= 4, `${loaded.filter(isOfBlur)}`);
  await isAccessible(patient, "check-in, blurred");
  await button(patient, "Turn off camera and microphone").click();

  await startCall(provider, "Alex Morgan"); // the choice is remembered
  await accept(patient);
  await provider.bringToFront();
  await becomes(provider, OTHER, 0, sharp / 5);
  await flows(provider);
  const other = await patient.browserContext().newPage();
  await other.bringToFront();
  await patient.waitForFunction(() => document.visibilityState === "hidden", { polling: 100 });
  await flows(provider);
  await becomes(provider, OTHER, 0, sharp / 5);
  await other.close();

  await button(patient, "Turn camera off").click();
  await provider.waitForSelector("::-p-text(Camera is off)", { visible: true });
  await button(patient, "Turn camera on").click();
  await becomes(provider, OTHER, 0, sharp / 5);

  await choose(patient, "As it is");
  await becomes(provider, OTHER, sharp / 2, 255);
  await choose(patient, "Blurred");
  await becomes(provider, OTHER, 0, sharp / 5);
  await hangUp(provider);
});

/** In the call's menu of devices. @param {Page} page @param {string} name */
async function choose(page, name) {
  await button(page, "Microphone, camera, speaker").click();
  await page.locator(`[role="menuitemradio"] ::-p-text(${name})`).click();
  await page.keyboard.press("Escape");
  await page.waitForSelector('[role="menu"]', { hidden: true });
}

/** Waits until the other's picture comes at a fair rate, for seconds. @param {Page} page */
async function flows(page) {
  const rates = [];
  for (let attempt = 0; attempt < 10; attempt += 1) {
    rates.push(await page.evaluate(rate, OTHER));
    if ((rates.at(-1) ?? 0) >= LEAST_RATE) return;
  }
  assert.fail(`frames a second: ${rates}`);
}

/** @param {Page} page @param {string} words beside a switch */
async function toggle(page, words) {
  await page.locator(`label ::-p-text(${words})`).click();
}

/** The paths of what a page asks for. @param {Page} page @returns {string[]} */
function requested(page) {
  /** @type {string[]} */ const paths = [];
  page.on("request", (request) => paths.push(new URL(request.url()).pathname));
  page.on("workercreated", (worker) => paths.push(new URL(worker.url()).pathname));
  return paths;
}

/** @param {string} path */
function isOfBlur(path) {
  return /\/(blur|blurworker|tflite|selfie)/.test(path);
}

/** Runs in the page: frames a second that a video has decoded. @param {string} selector */
async function rate(selector) {
  const video = /** @type {HTMLVideoElement | null} */ (document.querySelector(selector));
  const frames = () => video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
  const [before, begun] = [frames(), performance.now()];
  await new Promise((next) => setTimeout(next, 3_000));
  return ((frames() - before) * 1_000) / (performance.now() - begun);
}

/**
 * Waits until what is behind the person has that much detail, which it returns.
 * @param {Page} page @param {string} selector @param {number} least @param {number} most
 */
async function becomes(page, selector, least, most) {
  const found = [];
  for (const end = performance.now() + 30_000; performance.now() < end; ) {
    const detail = await page.evaluate(detailOf, selector);
    if (detail !== null && detail >= least && detail <= most) return detail;
    found.push(detail);
    await new Promise((next) => setTimeout(next, 200));
  }
  throw new Error(`not ${least} to ${most}: ${found}`);
}

/**
 * Runs in the page: how much neighbours differ in the left quarter of a picture, 0 … 255; null
 * without a picture.
 * @param {string} selector
 */
function detailOf(selector) {
  const video = /** @type {HTMLVideoElement | null} */ (document.querySelector(selector));
  const context = new OffscreenCanvas(320, 180).getContext("2d");
  if (!video?.videoWidth || !context) return null;
  context.drawImage(video, 0, 0, 320, 180);
  const { data } = context.getImageData(0, 0, 80, 180);
  let [sum, light] = [0, 0];
  for (let at = 4; at < data.length; at += 4) {
    sum += Math.abs((data[at + 1] ?? 0) - (data[at - 3] ?? 0));
    light += data[at + 1] ?? 0;
  }
  return light / (80 * 180) > 30 ? sum / (80 * 180) : null; // black is no picture
}

/**
 * A film of somebody before a wall of tiles that moves (YUV4MPEG2).
 * @param {number} width @param {number} height
 */
function beforeTiles(width, height) {
  const parts = [Buffer.from(`YUV4MPEG2 W${width} H${height} F20:1 Ip A1:1 C420\n`)];
  for (let shift = 0; shift < 30; shift += 3) {
    const light = Buffer.alloc(width * height);
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) light[y * width + x] = lightAt(x, y, shift);
    parts.push(Buffer.from("FRAME\n"), light, Buffer.alloc((width * height) / 2, 128));
  }
  return Buffer.concat(parts);
}

/** @param {number} x @param {number} y @param {number} shift of the wall */
function lightAt(x, y, shift) {
  const [across, down] = [x - 320, y - 150];
  if ((across / 75) ** 2 + (down / 100) ** 2 < 1) return down < -55 ? 45 : 180; // hair and face
  if (down > 88 && Math.abs(across) < 100 + down / 3) return 60;
  return y % 30 < 5 || (x + shift) % 30 < 5 ? 70 : 200;
}
