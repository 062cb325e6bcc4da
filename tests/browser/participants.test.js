// More than two people in one call: invited while it runs, recorded after their own yes, taken out
// again, and played back.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { PHONE, PHONES, WITH_SIDEWAYS, isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import {
  COMPLIANCE,
  PATIENT,
  PROVIDER,
  accept,
  button,
  follow,
  hangUp,
  invite,
  openAndPlay,
  signIn,
  startCall,
  withSmallCamera,
} from "./support/people.js";
import { moves, seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const MARIA = "Maria Oliveira";
const CHEN = "Dr. Konstantina Chen-Hohenstein";

describe("a call of more than two", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  before(async () => {
    [server, browser] = await Promise.all([
      Server.start(),
      chromium(["--use-fake-device-for-media-stream=fps=8"]),
    ]);
    await server.addUser("maria", MARIA, "provider");
    await server.addUser("chen", CHEN, "provider");
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  /** @param {string} username */
  async function arrives(username) {
    const page = await signIn(browser, server.url, username, DESKTOP);
    await withSmallCamera(page);
    return page;
  }

  test("takes in a third by invitation, records them after their own yes, and goes on without them", async () => {
    const provider = await arrives(PROVIDER);
    const patient = await arrives(PATIENT);
    const maria = await arrives("maria");
    await startCall(provider, "Alex Morgan", { recording: true });
    await accept(patient, { consent: true });
    await button(provider, "Recording: Recording").wait();

    await invite(provider, MARIA, "Interpreter");
    await maria.waitForSelector("::-p-text(Dr. Elena Rivera asks you to join a call)");
    await maria.waitForSelector("::-p-text(You take part as the interpreter)");
    await button(provider, "Recording: Recording").wait(); // an invitation alone changes nothing
    await accept(maria, { consent: false });
    await button(provider, "Recording: Not recorded").wait();
    await provider.waitForSelector(`::-p-text(${MARIA} does not agree to being recorded)`);
    await seesEverybody(maria, ["Dr. Elena Rivera", "Alex Morgan"]);
    await button(maria, "Recording: Not recorded").click();
    await button(maria, "I agree to the recording").click();
    for (const page of [provider, patient, maria])
      await button(page, "Recording: Recording").wait();
    await seesEverybody(provider, ["Alex Morgan", MARIA]);
    await seesEverybody(patient, ["Dr. Elena Rivera", MARIA]);
    await moves(provider, `video[aria-label="${MARIA}"]`, 24);

    for (const page of [provider, patient]) await prepare(page);
    await isAccessible(provider, "grid of three", WITH_SIDEWAYS);
    const cut = await sharesWith(provider, patient, "screen shared among three");
    assert.deepEqual(cut, [], "names beside the screen on a phone held sideways");
    await button(patient, "Emergency").click();
    await button(patient, "Yes, raise the alarm").click();
    await provider.waitForSelector("::-p-text(Emergency raised by Alex Morgan)");
    await isAccessible(provider, "emergency among three", WITH_SIDEWAYS);

    await button(provider, "People").click();
    await isAccessible(provider, "people of three", WITH_SIDEWAYS);
    await button(provider, `Remove ${MARIA} from the call`).click();
    await button(provider, "Remove").click();
    await maria.waitForSelector("::-p-text(You were removed from the call)");
    await button(provider, "Close").click();
    await provider.waitForFunction(() => document.querySelectorAll("ul > li video").length === 0);
    await seesMovingVideo(provider);
    await button(provider, "Recording: Recording").wait();
    await hangUp(provider);
    await patient.waitForSelector("::-p-text(The call has ended)");
    await provider.goto(`${server.url}/history`);
    await provider.waitForSelector(`td ::-p-text(Also in the call: ${MARIA})`);
    const told = await guestsOfNewest(provider);
    assert.match(told.join(), /^Maria OliveiraInterpreter · .+ to .+ · removed$/);
    await leave(provider, patient, maria);
  });

  test("tells the provider why somebody who was invited is not there", async () => {
    const provider = await arrives(PROVIDER);
    const patient = await arrives(PATIENT);
    const maria = await arrives("maria");
    await startCall(provider, "Alex Morgan");
    await accept(patient);
    await seesMovingVideo(provider);
    await invite(provider, MARIA, "Interpreter");
    await invite(provider, CHEN, "Supervisor");
    await button(maria, "Decline").wait();
    await button(provider, "People").click();
    await button(maria, "Decline").click();
    await readOut(provider, `${MARIA} has declined the invitation.`);
    await button(provider, `Withdraw ${CHEN}’s invitation`).click();
    await readOut(provider, `${CHEN}’s invitation was withdrawn.`);
    assert.deepEqual(await absentees(provider), [
      [MARIA, "Interpreter · declined"],
      [CHEN, "Supervisor · invitation withdrawn"],
    ]);
    await prepare(provider);
    await isAccessible(provider, "people and absentees");
    await button(provider, "Close").click();
    await provider.waitForSelector(`::-p-text(${MARIA} has declined the invitation.)`);
    await provider.reload();
    await seesMovingVideo(provider);
    await button(provider, "People").click();
    await provider.waitForSelector("section h3 ::-p-text(Invited, but not here)");
    assert.equal((await absentees(provider)).length, 2, "also after a reload");
    await button(provider, "Close").click();
    await provider.waitForSelector('[role="dialog"]', { hidden: true });
    await hangUp(provider);
    await provider.waitForSelector("::-p-text(The call has ended)");
    await provider.goto(`${server.url}/history`);
    const told = await guestsOfNewest(provider);
    assert.match(
      told.join(),
      new RegExp(`^${MARIA}.+ · declined,${CHEN}.+ · invitation withdrawn$`),
    );
    await isAccessible(provider, "page of a call with guests");
    await provider.goBack();
    await provider.waitForSelector("table");
    await isAccessible(provider, "calls with guests");
    await leave(provider, patient, maria);
  });

  test("is played back by compliance with a tile for each, on one clock", async () => {
    const page = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
    await follow(page, "Alex Morgan");
    await page.waitForSelector("h1 + * ::-p-text(With gaps)");
    await page.waitForSelector("li ::-p-text(not recorded: consent was declined or withdrawn)");
    await openAndPlay(page);
    await page.waitForSelector(
      `::-p-xpath(//figcaption[contains(., "${MARIA}") and contains(., "Interpreter")])`,
    );
    const names = await page.$$eval("figure figcaption", (captions) =>
      captions.map(({ textContent }) => textContent),
    );
    assert.deepEqual(names, [
      "Screen of Dr. Elena Rivera · Provider",
      "Dr. Elena Rivera · Provider",
      "Alex Morgan · Patient",
      `${MARIA} · Interpreter`,
    ]);
    await page.waitForFunction(() => {
      const seen = [...document.querySelectorAll("video")].filter(
        (video) => video.closest("figure.hidden, .invisible") === null,
      );
      return seen.length === 3 && seen.every((video) => !video.paused && video.currentTime > 0);
    });
    await prepare(page);
    await isAccessible(page, "recording with gaps");
    await leave(page);
  });

  test("holds six, who all see each other", async () => {
    const provider = await arrives(PROVIDER);
    const patient = await arrives(PATIENT);
    await startCall(provider, "Alex Morgan");
    await accept(patient);
    await seesMovingVideo(provider);
    for (const page of [provider, patient]) await prepare(page);
    const guests = [
      ["maria", MARIA, "Interpreter"],
      ["chen", CHEN, "Supervisor"],
      ["sam.lee", "Sam Lee"],
      ["jordan.kim", "Jordan Kim"],
    ];
    const people = [
      { page: provider, name: "Dr. Elena Rivera" },
      { page: patient, name: "Alex Morgan" },
    ];
    for (const [username = "", name = "", side] of guests) {
      const page = await arrives(username);
      await invite(provider, name, side);
      await accept(page);
      people.push({ page, name });
      if (people.length === 4 || people.length === 5) {
        await moves(provider, `ul > li video[aria-label="${name}"]`, 4);
        await isAccessible(provider, `grid of ${people.length}`, PHONE);
        assert.deepEqual(await cutNames(provider, "ul > li bdi"), []);
        await provider.setViewport(DESKTOP);
      }
    }
    for (const { page, name } of people) {
      await seesEverybody(
        page,
        people.map((each) => each.name).filter((other) => other !== name),
      );
    }
    await isAccessible(provider, "grid of six", PHONES);
    await provider.setViewport(DESKTOP);
    await button(provider, "People").click();
    assert.equal(
      await provider.$eval('[role="dialog"]', (dialog) => dialog.querySelectorAll("li").length),
      6,
    );
    await provider.waitForSelector("::-p-text(This call is full)");
    assert.deepEqual(await cutNames(provider, '[role="dialog"] li bdi'), []);
    await button(provider, "Close").click();
    await provider.waitForSelector('[role="dialog"]', { hidden: true });
    await hangUp(provider);
    for (const { page } of people) await page.waitForSelector("::-p-text(The call has ended)");
    await leave(...people.map(({ page }) => page));
  });
});

/**
 * What a shared screen leaves of the places of all, and whose names are cut there.
 * @param {Page} sharing
 * @param {Page} seeing
 * @param {string} state
 */
async function sharesWith(sharing, seeing, state) {
  await sharing.bringToFront();
  await button(sharing, "Share screen").click();
  await seeing.waitForSelector("figcaption ::-p-text(is sharing a screen)");
  await isAccessible(seeing, state, WITH_SIDEWAYS);
  const cut = await cutNames(seeing, "ul > li bdi");
  await sharing.bringToFront();
  await button(sharing, "Stop sharing").click();
  await seeing.waitForSelector("figcaption", { hidden: true });
  return cut;
}

/** Those of which the eye is shown a part only. @param {Page} page @param {string} selector */
async function cutNames(page, selector) {
  return page.$$eval(selector, (names) =>
    names
      .filter(
        (name) =>
          name.scrollWidth > name.clientWidth + 1 || name.scrollHeight > name.clientHeight + 2,
      )
      .map(({ textContent }) => textContent),
  );
}

/**
 * Moving pictures of all of these, each in a tile of their name.
 * @param {Page} page
 * @param {string[]} names
 */
async function seesEverybody(page, names) {
  await page.bringToFront();
  for (const name of names) await moves(page, `ul > li video[aria-label="${name}"]`, 4);
}

/**
 * A screen reader says it, also while a dialog is open. @param {Page} page @param {string} words
 */
async function readOut(page, words) {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll("[aria-live]")].some(
        (place) =>
          place.textContent === wanted && place.closest('[inert], [aria-hidden="true"]') === null,
      ),
    {},
    words,
  );
}

/** Name, and as what and why not. @param {Page} page */
async function absentees(page) {
  return page.$$eval('[role="dialog"] section li', (rows) =>
    rows.map((row) => [...row.querySelectorAll("p")].map(({ textContent }) => textContent)),
  );
}

/** What the page of the newest call says of each guest. @param {Page} page */
async function guestsOfNewest(page) {
  await page.locator("tbody tr a").click();
  await page.waitForSelector("::-p-text(Who else was invited)");
  return page.$$eval("main section li", (rows) =>
    rows.map((row) =>
      [...row.querySelectorAll("p")].map(({ textContent }) => textContent).join(""),
    ),
  );
}

/** @param {Page[]} pages */
async function leave(...pages) {
  await Promise.all(pages.map((page) => page.browserContext().close()));
}
