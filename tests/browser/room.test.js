// The page of a call on small screens, by keyboard, and near its end.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import { DESKTOP, PHONE, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, accept, button, hangUp, signIn, startCall } from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

describe("the page of a call", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {Page} */ let provider;
  /** @type {Page} */ let patient;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(), chromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });
  beforeEach(async () => {
    provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    patient = await signIn(browser, server.url, PATIENT, PHONE);
    await startCall(provider, "Alex Morgan");
    await accept(patient);
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  });

  /** Ends the call and leaves. */
  async function leave() {
    await hangUp(provider);
    await patient.waitForSelector("::-p-text(The call has ended)");
    await Promise.all([provider, patient].map((page) => page.browserContext().close()));
  }

  test("has everything in reach from 256×256 up, also in an emergency", async () => {
    await button(patient, "Emergency").click();
    await button(patient, "Yes, raise the alarm").click();
    await provider.waitForSelector('a[href^="tel:"]');
    for (const page of [patient, provider]) {
      await page.bringToFront();
      for (const [width, height] of /** @type {const} */ ([
        [256, 256],
        [280, 653],
        [320, 256],
        [844, 390],
        [390, 844],
      ])) {
        await page.setViewport({ width, height });
        await page.waitForFunction((wanted) => innerWidth === wanted, {}, width);
        await isInReach(page, `${width}×${height}`);
      }
    }
    await provider.setViewport({ width: 256, height: 256 });
    await button(provider, "Hang up").click();
    await provider.waitForSelector('[role="alertdialog"]');
    await isInReach(provider, "the question whether to end it");
    await button(provider, "Stay in the call").click();
    await provider.waitForSelector('[role="alertdialog"]', { hidden: true });
    await leave();
  });

  test("held sideways keeps the own picture beside the other one, and both clear of the notch", async () => {
    const session = await patient.createCDPSession();
    await session.send("Emulation.setSafeAreaInsetsOverride", {
      insets: { left: 47, right: 59, bottom: 21 },
    });
    await patient.setViewport({ ...PHONE, width: 844, height: 390, isLandscape: true });
    await patient.bringToFront();
    await patient.waitForFunction(() => innerWidth === 844);
    const { own, other, hangUp, name } = await patient.evaluate(() => {
      const place = (/** @type {string} */ selector) => {
        const found = document.querySelector(selector);
        if (!found) throw new Error(`no ${selector}`);
        return found.getBoundingClientRect().toJSON();
      };
      return {
        own: place('video[aria-label="You"]'),
        other: place('section[data-call-phase] video:not([aria-label="You"])'),
        hangUp: place('button[aria-label="Hang up"]'),
        name: place("h1"),
      };
    });
    assert.ok(
      own.left >= other.right,
      `own picture from ${own.left}, the other one to ${other.right}`,
    );
    assert.ok(name.left >= 47 && other.left >= 47 && own.right <= 844 - 59, "beside the notch");
    assert.ok(hangUp.bottom <= 390 - 21, "above the bar at the bottom");
    await leave();
  });

  test("says once how long the call still lasts", async () => {
    await patient.evaluateOnNewDocument(holdSocket);
    await patient.reload();
    await seesMovingVideo(patient);
    const said = await patient.evaluate(warnAfterTwoMinutes);
    assert.deepEqual(said, ["This call ends in 1 minute."]);
    await leave();
  });

  test("takes the focus, and its toolbar is one stop whose buttons the arrows reach", async () => {
    for (const page of [provider, patient]) {
      await page.waitForFunction(() => document.activeElement?.closest("section[data-call-phase]"));
    }
    await patient.bringToFront();
    await patient.focus('button[aria-label="Mute"]');
    await patient.keyboard.press("ArrowRight");
    assert.equal(await focused(patient), "Turn camera off");
    // Over the layout and the devices.
    for (let times = 0; times < 3; times++) await patient.keyboard.press("ArrowRight");
    assert.equal(await focused(patient), "Hang up");
    await patient.keyboard.press("Enter");
    await patient.waitForSelector('[role="alertdialog"]');
    await patient.keyboard.press("Escape");
    await patient.waitForSelector('[role="alertdialog"]', { hidden: true });
    await patient.waitForFunction(
      () => document.activeElement?.getAttribute("aria-label") === "Hang up",
    );
    await leave();
  });
});

/** @param {Page} page */
function focused(page) {
  return page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
}

/**
 * All that can be pressed, once the page has taken its size.
 * @param {Page} page @param {string} state
 */
async function isInReach(page, state) {
  const all = `(${outOfReach})().length === 0`;
  await page.waitForFunction(all, { timeout: 5000 }).catch(() => undefined);
  assert.deepEqual(await page.evaluate(outOfReach), [], state); // what is not
}

/**
 * Runs in the page: what can be pressed and cannot be brought into sight, whole and uncovered.
 * @returns {string[]}
 */
function outOfReach() {
  const wide =
    document.documentElement.scrollWidth > innerWidth
      ? [`${document.documentElement.scrollWidth} px wide`]
      : [];
  const dialog = document.querySelector('[role="alertdialog"], [role="dialog"]');
  const hidden = [...(dialog ?? document).querySelectorAll("button, a")].filter((element) => {
    if (getComputedStyle(element).opacity === "0" || element.getClientRects().length === 0)
      return false;
    element.scrollIntoView({ block: "center" });
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const whole = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    return (
      !whole || !element.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2))
    );
  });
  return [...wide, ...hidden.map((element) => element.outerHTML.slice(0, 120))];
}

/**
 * Runs in the page before its scripts: keeps its last WebSocket, so that a test can be the server.
 * The real one is not heard while `silent` is true.
 */
function holdSocket() {
  window.WebSocket = class extends WebSocket {
    silent = false;

    constructor(/** @type {string | URL} */ url) {
      super(url);
      this.addEventListener("message", (event) => {
        if (event.isTrusted && this.silent) event.stopImmediatePropagation();
      });
      Object.assign(window, { socketHeld: this });
    }
  };
}

/**
 * Runs in the page: it is two minutes later, and the server warns of the last one. Returns all that
 * was said.
 */
async function warnAfterTwoMinutes() {
  const now = Date.now;
  Date.now = () => now() + 120_000;
  /** @type {Set<string>} */ const said = new Set();
  const warning = () =>
    [...document.querySelectorAll('[role="status"]')].find((each) =>
      each.textContent?.startsWith("This call ends"),
    );
  const look = () => warning() && said.add(warning()?.textContent ?? "");
  new MutationObserver(look).observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
  });
  const { socketHeld } = /** @type {{socketHeld: WebSocket & {silent: boolean}}} */ (
    /** @type {unknown} */ (window)
  );
  socketHeld.silent = true;
  const [server_time, ends_at] = [new Date(Date.now()), new Date(Date.now() + 60_000)];
  const message = {
    type: "call_warning",
    room_id: location.pathname.split("/").at(-1),
    server_time,
    ends_at,
    minutes_left: 1,
  };
  socketHeld.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  await new Promise((next) => setTimeout(next, 2500)); // more than one turn of the clock
  socketHeld.silent = false;
  return [...said];
}
