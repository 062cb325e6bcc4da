// Camera, microphone and speaker before a call: nothing opens before it is asked for, each trouble
// has its help, and the call begins as it was chosen.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { chromium, PHONE } from "./support/browser.js";
import { accept, button, hangUp, PATIENT, PROVIDER, signIn, startCall } from "./support/people.js";
import { moves } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

describe("the check-in", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  before(async () => {
    [server, browser] = await Promise.all([
      Server.start(),
      // The second one makes depth pictures (Y16), which no browser sends.
      chromium(["--use-fake-device-for-media-stream=device-count=3"]),
    ]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  test("opens nothing unasked; what is chosen there is what the call begins with", async () => {
    const patient = await signIn(browser, server.url, PATIENT);
    await patient.evaluate(countRequests);
    await prepare(patient);
    await button(patient, "Turn on camera and microphone").wait();
    assert.equal(await patient.evaluate("requests"), 0);
    await button(patient, "Turn on camera and microphone").click();
    await moves(patient, 'video[aria-label="Preview of your camera"]', 5);
    await shows(patient, "Your microphone works.");
    await button(patient, "Play a test sound").click();
    await shows(patient, "Do you hear it?");
    await isAccessible(patient, "check-in while all is on");
    await button(patient, "Yes").click();
    await shows(patient, "Your speaker works.");

    const camera = "::-p-xpath(//button[contains(., 'fake_device_0')])";
    // The header may lie over it, where the last press has scrolled the page to.
    await patient.$eval(camera, (each) => each.scrollIntoView({ block: "center" }));
    await patient.locator(camera).click();
    await patient.locator('[role="option"] ::-p-text(fake_device_2)').click();
    await patient.waitForFunction(() => {
      const { srcObject } = /** @type {any} */ (document.querySelector("video")) ?? {};
      return srcObject?.getTracks()[0]?.label.includes("fake_device_2");
    });
    await button(patient, "Turn off camera and microphone").click();
    await toggle(patient, "Join with camera on");
    assert.equal(await patient.$("video"), null);

    const provider = await signIn(browser, server.url, PROVIDER);
    await startCall(provider, "Alex Morgan");
    await shows(patient, "You join with your camera off.");
    await accept(patient);
    await shows(provider, "Camera is off");
    await button(patient, "Turn camera on").click();
    await moves(provider, 'section[data-call-phase] video:not([aria-label="You"])', 5);
    assert.match(
      await patient.$eval(
        'video[aria-label="You"]',
        (video) => /** @type {any} */ (video).srcObject.getVideoTracks()[0].label,
      ),
      /fake_device_2/,
    );
    await hangUp(provider);
    await patient.browserContext().close();
    await provider.browserContext().close();
  });

  for (const [error, device, title, help] of /** @type {const} */ ([
    ["NotAllowedError", "both", "Your camera and microphone cannot be used", "left of the address"],
    ["NotReadableError", "video", "Your camera cannot be used", "Another program is using it."],
    ["NotFoundError", "audio", "Your microphone cannot be used", "None was found."],
  ]))
    test(`tells what to do about ${error} of ${device}, and that one can join without`, async () => {
      const patient = await signIn(browser, server.url, PATIENT, PHONE);
      await patient.evaluate(refuse, error, device);
      await button(patient, "Turn on camera and microphone").click();
      await shows(patient, title);
      await shows(patient, help);
      await shows(patient, "you can still");
      await patient.browserContext().close();
    });
});

/** @param {Page} page @param {string} words */
function shows(page, words) {
  return page.waitForSelector(`::-p-xpath(//*[text()[contains(., "${words}")]])`);
}

/** @param {Page} page @param {string} label */
async function toggle(page, label) {
  await page.locator(`label:has(input[aria-label="${label}"])`).click();
}

/** Runs in the page. */
function countRequests() {
  const here = /** @type {any} */ (globalThis);
  here.requests = 0;
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = (wish) => {
    here.requests += 1;
    return ask(wish);
  };
}

/** Runs in the page. @param {string} error @param {string} device */
function refuse(error, device) {
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wish = {}) => {
    if (device === "both" || device in wish) throw new DOMException("", error);
    return ask(wish);
  };
}
