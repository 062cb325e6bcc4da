// What is opened beside the video: the chat, a private note, and what the patient answered before.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, PHONE as NARROW, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, accept, button, hangUp, signIn, startCall } from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const FINGER_PX = 44;
/** What the patient answered before: its button and what that opens. */
const ANSWERS = "Answers to questionnaires";

describe("beside a call", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(), chromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  test("both write, the provider keeps a note, and each finds it again", async () => {
    const [provider, patient] = await Promise.all([
      signIn(browser, server.url, PROVIDER, DESKTOP),
      signIn(browser, server.url, PATIENT, DESKTOP),
    ]);
    await Promise.all([prepare(provider), prepare(patient)]);
    await startCall(provider, "Alex Morgan");
    await accept(patient);
    await seesMovingVideo(provider);

    await opens(provider, "Chat");
    await provider.keyboard.type("Can you hear me well?");
    await provider.keyboard.press("Enter");
    await shows(patient, '[role="status"]', "Dr. Elena Rivera wrote: Can you hear me well?");
    await isAccessible(patient, "a message that came");
    await patient.setViewport(DESKTOP);
    await button(patient, "Chat, 1 new message").click();
    await shows(patient, '[role="log"]', "Can you hear me well?");
    assert.equal(await focused(patient), "Message");
    await patient.keyboard.type("Yes, very well.");
    await button(patient, "Send").click();
    assert.equal(await focused(patient), "Message");
    await shows(provider, '[role="log"]', "Yes, very well.");
    await isAccessible(provider, "chat");
    await patient.setViewport(NARROW[0] ?? DESKTOP);
    assert.deepEqual(await tooSmall(patient), []);
    await patient.setViewport(DESKTOP);

    await patient.keyboard.type("Half a sen");
    await patient.keyboard.press("Escape");
    await patient.waitForSelector('aside[aria-label="Chat"]', { hidden: true });
    assert.equal(await focused(patient), "Chat");
    await opens(patient, "Chat");
    await holds(patient, "aside:not([hidden]) textarea", "Half a sen");

    await opens(provider, "Private notes");
    await provider.waitForSelector('aside[aria-label="Chat"]', { hidden: true });
    await provider.keyboard.type("Sleeps badly.");
    await shows(provider, "aside", "Saved at");
    assert.deepEqual(await belongings(provider), []);
    await isAccessible(provider, "a private note");
    await provider.setViewport({ ...DESKTOP, width: 390 });
    assert.deepEqual(await tooSmall(provider), []);
    await provider.setViewport(DESKTOP);
    await provider.keyboard.type(" Dreams.");
    await provider.reload(); // before the typing paused
    await opens(provider, "Private notes");
    await holds(provider, "aside:not([hidden]) textarea", "Sleeps badly. Dreams.");
    await shows(provider, "aside", "Saved at");

    await readsAnswers(provider);
    await isAccessible(provider, "questionnaires beside a call");
    await provider.setViewport({ ...DESKTOP, width: 390 });
    assert.deepEqual(await tooSmall(provider), []);
    await provider.setViewport(DESKTOP);
    await provider.keyboard.press("Escape");
    await provider.waitForSelector(`aside[aria-label="${ANSWERS}"]`, { hidden: true });
    assert.equal(await focused(provider), ANSWERS);
    assert.equal(await patient.$(`[aria-label="${ANSWERS}"]`), null);

    const room = provider.url();
    await hangUp(provider);
    await provider.waitForSelector("::-p-text(The call has ended)");
    await provider.goto(room);
    await shows(provider, '[role="log"]', "Yes, very well.");
    await holds(provider, "textarea", "Sleeps badly. Dreams.");
    await isAccessible(provider, "what was written in a call that is over");

    await button(provider, "Erase notes…").click();
    await isAccessible(provider, "asked whether to erase notes");
    await provider.setViewport(DESKTOP);
    await button(provider, "Erase notes").click();
    await shows(provider, "section", "Your notes on this call were erased.");
    await holds(provider, "textarea", "");
    await button(provider, "Erase chat…").click();
    await provider.waitForSelector('[role="alertdialog"] input:focus');
    await isAccessible(provider, "asked whether to erase a chat");
    await provider.keyboard.type("Sent to the wrong person");
    await button(provider, "Erase chat").click();
    await shows(provider, "section", "What was written in this call was erased.");
    await patient.goto(room);
    await shows(patient, "section", "What was written in this call was erased.");
    await isAccessible(patient, "a chat that was erased");
    assert.equal(await patient.$('[role="log"]'), null);
  });

  test("a text that the server did not get is dropped when its author signs out", async () => {
    const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await provider.setRequestInterception(true);
    provider.on("request", (request) => {
      const isNote = request.method() === "PUT" && request.url().endsWith("/note");
      void (isNote ? request.abort() : request.continue());
    });
    await provider.goto(`${server.url}/history`);
    await provider.locator("table a").click();
    await provider.locator("textarea:not([readonly])").click();
    await provider.keyboard.type("Not sent.");
    await shows(provider, "section", "Not saved yet");
    await provider.goto(server.url);
    await provider.waitForSelector('nav[aria-label="Main"]');
    assert.equal((await belongings(provider)).length, 1);
    await provider.locator('header button[aria-haspopup="true"]').click();
    await provider.locator('[role="menuitem"] ::-p-text(Sign out)').click();
    await button(provider, "Sign in").wait();
    // The socket may hear of it before the page does.
    await provider.waitForFunction(
      () => !Object.keys(sessionStorage).some((name) => name.startsWith("carelay.of.")),
    );
    await provider.waitForSelector("::-p-text(You have been signed out)", { hidden: true });
    await provider.browserContext().close();
  });

  test("what a patient answered before is on their page", async () => {
    const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await prepare(provider);
    await provider.goto(`${server.url}/people`);
    await provider.locator("main a ::-p-text(Alex Morgan)").click();
    await shows(provider, "article", "PHQ-9");
    await (await provider.$("article"))?.evaluate((result) => result.scrollIntoView());
    await isAccessible(provider, "questionnaires");
    await provider.browserContext().close();
  });
});

/** Opens a part by its button, which says so. @param {Page} page @param {string} name */
async function opens(page, name) {
  const selector = `button[aria-label^="${name}"][aria-expanded]`;
  await page.waitForSelector(`${selector}[aria-expanded="false"]`);
  await page.locator(selector).click();
  await page.waitForSelector(`${selector}[aria-expanded="true"]`);
  await page.waitForSelector(`aside[aria-label="${name}"] textarea:focus:not([readonly])`);
}

/** Opens them by their button; first is what must not be missed. @param {Page} page */
async function readsAnswers(page) {
  await button(page, ANSWERS).click();
  await page.waitForSelector(`button[aria-label="${ANSWERS}"][aria-expanded="true"]`);
  const panel = await page.waitForSelector(`aside[aria-label="${ANSWERS}"]:focus`);
  const newest = await panel?.waitForSelector("article");
  assert.match(
    (await newest?.evaluate(({ innerText }) => innerText)) ?? "",
    /^PHQ-9\s+.*\s+Look at this first\s+9\. .*: Several days \(1\)\s+7 of 27\s+Mild\s/,
  );
}

/** @param {Page} page @param {string} selector @param {string} words */
async function shows(page, selector, words) {
  await page.waitForFunction(
    (selector, words) =>
      [...document.querySelectorAll(selector)].some(({ textContent }) =>
        textContent?.includes(words),
      ),
    {},
    selector,
    words,
  );
}

/** What has the focus, by its name. @param {Page} page */
function focused(page) {
  return page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
}

/** A field of text. @param {Page} page @param {string} selector @param {string} words */
async function holds(page, selector, words) {
  await page.waitForFunction(
    (selector, words) => {
      const field = /** @type {HTMLTextAreaElement | null} */ (document.querySelector(selector));
      return field?.value === words;
    },
    {},
    selector,
    words,
  );
}

/** What the tab keeps for whoever is signed in, by name. @param {Page} page */
function belongings(page) {
  return page.evaluate(() =>
    Object.keys(sessionStorage).filter((name) => name.startsWith("carelay.of.")),
  );
}

/** What is pressed beside the call, and no finger hits surely. @param {Page} page */
function tooSmall(page) {
  return page.$$eval(
    'aside:not([hidden]) :is(button, summary), [role="group"] > button[aria-expanded]',
    (buttons, least) =>
      buttons
        .filter((button) => {
          const { width, height } = button.getBoundingClientRect();
          return Math.min(width, height) < least;
        })
        .map(({ outerHTML }) => outerHTML),
    FINGER_PX,
  );
}
