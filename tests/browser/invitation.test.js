// The invitation on every size of screen: its answer is in sight, and its second tap hits nothing
// else.

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { PHONE, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, button, hangUp, signIn, startCall } from "./support/people.js";
import { textsFolder } from "./support/consentTexts.js";
import { seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const SIZES = /** @type {const} */ ([
  [390, 664],
  [375, 667],
  [360, 640],
  [320, 568],
  [844, 390],
  [1280, 640],
  [1280, 800],
  [320, 256],
  [256, 256],
]);

/** Long enough for no screen. */
const TEXT =
  "I agree that this video consultation is recorded, sound and picture, for the time that was agreed. ".repeat(
    40,
  );

describe("an invitation to a recorded call", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {string} */ let texts;
  before(async () => {
    texts = await textsFolder({ en: TEXT, de: TEXT });
    [server, browser] = await Promise.all([
      Server.start({ CARELAY_CONSENT_TEXTS_PATH: texts }),
      chromium(),
    ]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
    await rm(texts, { recursive: true, force: true });
  });

  test("shows Accept and Decline on every screen, however long the text is", async () => {
    const provider = await signIn(browser, server.url, PROVIDER);
    const patient = await signIn(browser, server.url, PATIENT, PHONE);
    await startCall(provider, "Alex Morgan", { recording: true });
    await button(patient, "Accept").wait();
    await patient.bringToFront();
    for (const [width, height] of SIZES) {
      await patient.setViewport({ ...PHONE, width, height });
      await patient
        .waitForFunction(inSight, {}, ["Accept", "Decline"])
        .catch(() => assert.fail(`out of sight at ${width}×${height}`));
    }
    await patient.setViewport({ ...PHONE, width: 320, height: 568 });
    await button(patient, "Accept").click(); // undecided: leads to the choice
    await patient.waitForFunction(choiceInSight);
    await button(patient, "Decline").click();
    await provider.waitForSelector("::-p-text(declined)");
    await Promise.all([provider, patient].map((page) => page.browserContext().close()));
  });

  test("accepted while the call's page still loads opens the call, with nothing in the way of its controls", async () => {
    const provider = await signIn(browser, server.url, PROVIDER);
    const patient = await signIn(browser, server.url, PATIENT, PHONE);
    const told = received(await patient.createCDPSession(), '"invitation_closed"');
    await patient.setRequestInterception(true);
    patient.on("request", async (request) => {
      if (request.url().includes("/RoomPage-")) await told;
      await request.continue();
    });
    await startCall(provider, "Alex Morgan");
    await button(patient, "Accept").click();
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
    assert.equal(await patient.$("[role=dialog]"), null);
    await button(patient, "Microphone, camera, speaker").click();
    await patient.waitForSelector("[role=menu]");
    await patient.keyboard.press("Escape");
    await hangUp(patient);
    await provider.waitForSelector("::-p-text(The call has ended)");
    await Promise.all([provider, patient].map((page) => page.browserContext().close()));
  });

  test("taken by a double tap opens the call, and no question whether to end it", async () => {
    const provider = await signIn(browser, server.url, PROVIDER);
    const patient = await signIn(browser, server.url, PATIENT, PHONE);
    await startCall(provider, "Alex Morgan");
    await button(patient, "Accept").wait();
    await patient.evaluate(tapAgainOn, "Hang up");
    await button(patient, "Accept").click();
    await patient.waitForFunction(() => document.body.dataset.tappedAgain === "");
    await seesMovingVideo(patient);
    assert.equal(
      await patient.$('[role="alertdialog"]'),
      null,
      "the second tap asked to end the call",
    );
    await hangUp(patient); // which a tap that is meant still does
    await provider.waitForSelector("::-p-text(The call has ended)");
    await Promise.all([provider, patient].map((page) => page.browserContext().close()));
  });
});

/**
 * Runs in the page: whether all of these buttons are on top and wholly on the screen.
 * @param {string[]} names
 */
function inSight(names) {
  const buttons = [...document.querySelectorAll("button")];
  return names.every((name) => {
    const found = buttons.find((each) => each.textContent?.trim() === name);
    if (!found) return false;
    const { left, right, top, bottom } = found.getBoundingClientRect();
    const whole = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    return (
      whole && found.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2))
    );
  });
}

/** Runs in the page: whether a choice has the focus, is on the screen, and nothing covers it. */
function choiceInSight() {
  const choice = document.activeElement?.closest('[role="radiogroup"] label');
  if (!choice) return false;
  const { left, right, top, bottom } = choice.getBoundingClientRect();
  return choice.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
}

/**
 * Runs in the page: the finger that tapped before taps the same place again, at the first moment at
 * which a button is there.
 * @param {string} name
 */
function tapAgainOn(name) {
  let finger = { clientX: 0, clientY: 0 };
  addEventListener("pointerdown", ({ clientX, clientY }) => (finger = { clientX, clientY }), {
    capture: true,
    once: true,
  });
  new MutationObserver((_, observer) => {
    const found = document.querySelector(`button[aria-label="${name}"]`);
    if (!found) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      const tap = {
        ...finger,
        bubbles: true,
        cancelable: true,
        pointerId: 9,
        pointerType: "touch",
        isPrimary: true,
        button: 0,
        width: 20,
        height: 20,
        pressure: 0.5,
      };
      found.dispatchEvent(new PointerEvent("pointerdown", { ...tap, buttons: 1 }));
      found.dispatchEvent(new PointerEvent("pointerup", tap));
      found.dispatchEvent(new PointerEvent("click", { ...tap, detail: 1 }));
      document.body.dataset.tappedAgain = "";
    });
  }).observe(document, { subtree: true, childList: true });
}

/**
 * When a message with these words has come over a WebSocket of the page.
 * @param {import("puppeteer-core").CDPSession} session
 * @param {string} words
 * @returns {Promise<void>}
 */
async function received(session, words) {
  const told = new Promise((resolve) =>
    session.on(
      "Network.webSocketFrameReceived",
      ({ response }) => response.payloadData.includes(words) && resolve(undefined),
    ),
  );
  await session.send("Network.enable");
  await told;
}
