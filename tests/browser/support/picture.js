// Whether videos really move: decoded frames and changed pixels, as a connected state alone proves
// nothing.

import assert from "node:assert/strict";

/** @typedef {import("puppeteer-core").Page} Page */

/**
 * Waits until the other side's video has decoded `frames` more frames and its picture has changed.
 * @param {Page} page @param {number} [frames]
 */
export async function seesMovingVideo(page, frames = 15) {
  await moves(page, 'section[data-call-phase] video:not([aria-label="You"])', frames);
}

/**
 * The same for any video of the page. Returns its size.
 * @param {Page} page @param {string} selector @param {number} frames
 */
export async function moves(page, selector, frames) {
  const seen = await page.evaluate(watch, selector, frames);
  assert.ok(seen.frames >= frames, `decoded ${seen.frames} frames`);
  return seen;
}

/** Runs in the page. @param {string} selector @param {number} wanted */
async function watch(selector, wanted) {
  const until = async (/** @type {string} */ what, /** @type {() => boolean} */ condition) => {
    for (const end = performance.now() + 30_000; !condition(); ) {
      if (performance.now() > end) throw new Error(`no ${what} of ${selector}`);
      await new Promise((next) => setTimeout(next, 50));
    }
  };
  const element = () => /** @type {HTMLVideoElement | null} */ (document.querySelector(selector));
  // Chromium counts the decoded frames of a stream; Firefox counts none, but tells of each that it
  // presents.
  let presented = 0;
  const count = () => element()?.requestVideoFrameCallback(() => void (presented++, count()));
  const decoded = () =>
    Math.max(presented, element()?.getVideoPlaybackQuality().totalVideoFrames ?? 0);
  const pixels = () => {
    const context = new OffscreenCanvas(64, 36).getContext("2d");
    const video = element();
    if (!context || !video) throw new Error("no canvas");
    context.drawImage(video, 0, 0, 64, 36);
    return context.getImageData(0, 0, 64, 36).data;
  };
  const changed = (/** @type {Uint8ClampedArray} */ old, /** @type {Uint8ClampedArray} */ now) =>
    old.some((value, at) => Math.abs(value - (now[at] ?? 0)) > 8);
  await until("picture", () => (element()?.videoWidth ?? 0) > 0);
  count();
  const before = pixels();
  const start = decoded();
  await until("more frames", () => decoded() - start >= wanted);
  await until("change of the picture", () => changed(before, pixels()));
  return {
    frames: decoded() - start,
    width: element()?.videoWidth,
    height: element()?.videoHeight,
  };
}
