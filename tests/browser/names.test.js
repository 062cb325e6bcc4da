// Names as long and as foreign as they come: no page loses its dates, badges or headings to them.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { COMPLIANCE, accept, button, hangUp, openAndPlay, signIn } from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { PLATFORM, token as signed } from "./support/tokens.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const LONG = "Dr. Maximiliane Alexandra Konstantina von und zu Hohenstein-Wittelsbach "
  .repeat(3)
  .slice(0, 199)
  .trim();
const UNBROKEN = "Wolfeschlegelsteinhausenbergerdorff".repeat(6).slice(0, 200);
const RIGHT_TO_LEFT = "אילה בת־אברהם ".repeat(10).trim();
const CHINESE = "欧阳修文".repeat(30);

/** @type {Record<string, string>} */
const ID = {
  [LONG]: "long",
  [UNBROKEN]: "unbroken",
  [RIGHT_TO_LEFT]: "hebrew",
  [CHINESE]: "chinese",
};

/** @param {string} role @param {string} name */
const token = (role, name) => signed({ sub: ID[name] ?? "", role, name });

describe("long names", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {Page} */ let provider;
  /** @type {Page} */ let patient;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(PLATFORM), chromium()]);
    for (const name of [RIGHT_TO_LEFT, CHINESE]) await declinedCall(name);
    [provider, patient] = await Promise.all([open("provider", LONG), open("patient", UNBROKEN)]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  /** As the host platform's link does. @param {"provider" | "patient"} role @param {string} name */
  async function open(role, name) {
    const page = await (await browser.createBrowserContext()).newPage();
    await page.setViewport(DESKTOP);
    await page.goto(`${server.url}/#token=${token(role, name)}`);
    await page.waitForSelector('nav[aria-label="Main"]');
    await prepare(page);
    return page;
  }

  /** @param {string} patientName */
  async function declinedCall(patientName) {
    /** @param {string} bearer @param {string} path @param {object} body */
    const post = async (bearer, path, body) => {
      const headers = { "content-type": "application/json", authorization: `Bearer ${bearer}` };
      const reply = await fetch(`${server.url}/api/v1/telemedicine/${path}`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      assert.ok(reply.ok, `${path}: ${reply.status}`);
      return reply.json();
    };
    const [caller, called] = [token("provider", LONG), token("patient", patientName)];
    // Makes the patient known.
    await fetch(`${server.url}/api/v1/auth/me`, { headers: { authorization: `Bearer ${called}` } });
    const { room_id } = await post(caller, "call/initiate", {
      patient_id: ID[patientName],
      recording_enabled: false,
    });
    await post(called, "call/decline", { room_id });
  }

  /** @param {Page} page @param {string} state */
  async function holds(page, state) {
    await page.bringToFront();
    for (const width of [1280, 390]) {
      await page.setViewport({ width, height: 844 });
      await page.waitForFunction((wanted) => innerWidth === wanted, {}, width);
      assert.deepEqual(await page.evaluate(crowded), [], `${state}, ${width} px wide`);
    }
  }

  test("fit the start page, the dialog that calls, the invitation and the call", async () => {
    await provider.waitForSelector(`li [title="${RIGHT_TO_LEFT}"]`);
    await holds(provider, "patients");
    await button(provider, `Start call with ${UNBROKEN}`).click();
    await button(provider, "Call now").wait();
    await holds(provider, "start of a call");
    await provider.locator("label ::-p-text(Record this consultation)").click();
    await button(provider, "Call now").click();
    await provider.waitForSelector("::-p-text(Calling)");
    await holds(provider, "ringing");
    await button(patient, "Accept").wait();
    await holds(patient, "invitation");
    await accept(patient, { consent: true });
    await Promise.all([seesMovingVideo(provider, 30), seesMovingVideo(patient, 30)]);
    await button(provider, "Recording: Recording").wait();
    await button(patient, "Mute").click();
    await provider.waitForSelector("::-p-text(is muted)");
    await holds(provider, "call");
    assert.equal(
      await provider.$eval("section[data-call-phase] h1", (heading) => heading.title),
      UNBROKEN,
    );
    await hangUp(provider);
    for (const page of [provider, patient]) {
      await page.waitForSelector("::-p-text(The call has ended)");
      await holds(page, "ended");
      await button(page, "Close").click();
      await page.waitForSelector(`[title="${page === provider ? UNBROKEN : LONG}"]`);
    }
  });

  test("fit the lists of calls and recordings, with the whole name in reach", async () => {
    for (const page of [provider, patient]) {
      await holds(page, "start page");
      await page.goto(`${server.url}/history`);
      await page.waitForSelector("table time");
      await holds(page, "calls");
    }
    const compliance = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
    await compliance.waitForSelector("table time");
    await holds(compliance, "recordings");
    for (const name of [UNBROKEN, LONG]) {
      assert.equal(
        await compliance.$eval(`table [title="${name}"]`, (cell) => cell.textContent),
        name,
      );
    }
    await compliance.locator("table a").click();
    await button(compliance, "Open and play").wait();
    await holds(compliance, "recording");
    await openAndPlay(compliance);
    await compliance.waitForSelector("figure");
    await holds(compliance, "player");
  });
});

/** Runs in the page: what a long name has pushed out, cut or broken. @returns {string[]} */
function crowded() {
  const seen = (/** @type {Element} */ element) =>
    element.getBoundingClientRect().width > 1 && !element.closest(".sr-only");
  const all = (/** @type {string} */ selector) =>
    [...document.querySelectorAll(selector)].filter(seen);
  const told = (/** @type {string} */ what, /** @type {Element[]} */ found) =>
    found.map((each) => `${what}: ${each.outerHTML.slice(0, 200)}`);
  const outside = (/** @type {Element} */ element) => {
    const { left, right } = element.getBoundingClientRect();
    for (let frame = element.parentElement; frame; frame = frame.parentElement) {
      const { left: from, right: to } = frame.getBoundingClientRect();
      const clips = getComputedStyle(frame).overflowX !== "visible";
      if (clips && (left < from - 1 || right > to + 1)) return true;
    }
    return left < -1 || right > innerWidth + 1;
  };
  const width = document.documentElement.scrollWidth;
  return [
    ...(width > innerWidth ? [`the page is ${width} px wide`] : []),
    ...told(
      "broken date",
      all("time").filter((each) => each.getClientRects().length > 1),
    ),
    ...told(
      "out of sight",
      all("time, button, a, h1, h2, h3, .rounded-full, video").filter(outside),
    ),
    ...told(
      "unlimited heading",
      all("h1, h2").filter((each) => each.getBoundingClientRect().height > 140),
    ),
  ];
}
