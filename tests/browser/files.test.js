// Files in the chat of a call: chosen, dropped, pasted, on their way, refused, saved and erased.

import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, accept, button, hangUp, signIn, startCall } from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const PDF = Buffer.concat([
  Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1"),
  Buffer.alloc(30_000, "finding"),
]);
const NAME = `Überweisung ${"sehr ".repeat(20)}lang 報告 تقرير.pdf`;
const FINGER_PX = 44;

describe("files in a chat", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {string} */ let folder;
  before(async () => {
    [server, browser, folder] = await Promise.all([
      Server.start(),
      chromium(),
      mkdtemp(join(tmpdir(), "carelay-files-")),
    ]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test("one sends, the other saves what was sent, and what is erased is gone for both", async () => {
    const [provider, patient] = await Promise.all([
      signIn(browser, server.url, PROVIDER, DESKTOP),
      signIn(browser, server.url, PATIENT, { ...DESKTOP, width: 390 }),
    ]);
    await Promise.all([prepare(provider), prepare(patient)]);
    await startCall(provider, "Alex Morgan");
    await accept(patient);
    await Promise.all([opensChat(provider), opensChat(patient)]);

    await chooses(patient, NAME, PDF);
    await shows(patient, 'ul[aria-label="Files to send"]', NAME);
    await isAccessible(patient, "a file that is to be sent");
    await patient.setViewport({ ...DESKTOP, width: 390 });
    await patient.keyboard.press("Enter");
    await shows(provider, '[role="log"]', NAME);
    await shows(provider, '[role="log"]', "PDF · 30");
    await shows(patient, '[role="log"]', "PDF · 30");
    assert.equal(await focused(patient), "Message");
    assert.deepEqual(await tooSmall(patient), []);
    await isAccessible(provider, "a file in a chat");
    await provider.setViewport(DESKTOP);
    assert.deepEqual(await saved(provider, NAME), PDF);

    // Mislabelled, which the server finds out; and given up by whoever sent it.
    await drops(provider, "finding.pdf", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0");
    await shows(provider, 'ul[aria-label="Files to send"]', "finding.pdf");
    await button(provider, "Send").click();
    await shows(
      provider,
      '[role="log"]',
      "By its name this file is pdf, but what is in it is png.",
    );
    await isAccessible(provider, "a file that was refused");
    await provider.setViewport(DESKTOP);
    await button(provider, "Remove finding.pdf").click();
    await hides(provider, '[role="log"]', "finding.pdf");

    await pastes(provider, "notes.txt", "Take one a day.");
    await button(provider, "Do not send notes.txt").click();
    await hides(provider, "form", "notes.txt");
    await pastes(provider, "large.txt", "x".repeat(21 * 2 ** 20));
    await shows(
      provider,
      '[role="alert"]',
      "large.txt is too large: a file can have 20 MB at most.",
    );
    assert.ok(await provider.$('button[aria-label="Send"][disabled]'));
    await button(provider, "Do not send large.txt").click();

    await stalls(provider);
    await pastes(provider, "slow.txt", "Take one a day.");
    await button(provider, "Send").click();
    await provider.waitForSelector('[role="progressbar"][aria-label="Sending slow.txt"]');
    await isAccessible(provider, "a file on its way");
    await provider.setViewport(DESKTOP);
    await button(provider, "Cancel sending slow.txt").click();
    await hides(provider, '[role="log"]', "slow.txt");
    await breaks(provider);
    await pastes(provider, "again.txt", "Take one a day.");
    await button(provider, "Send").click();
    await shows(provider, '[role="log"]', "The file was not sent.");
    await heals(provider);
    await button(provider, "Send again.txt again").click();
    await shows(patient, '[role="log"]', "again.txt");

    await button(provider, "Erase again.txt…").click();
    await provider.waitForSelector('[role="alertdialog"] input:focus');
    await isAccessible(provider, "asked whether to erase a file");
    await provider.setViewport(DESKTOP);
    await provider.keyboard.type("Of somebody else");
    await button(provider, "Erase file").click();
    for (const page of [provider, patient]) {
      await shows(page, '[role="log"]', "A file that was sent here was erased.");
      await hides(page, '[role="log"]', "again.txt");
    }

    const room = provider.url();
    await hangUp(provider);
    await provider.waitForSelector("::-p-text(The call has ended)");
    await patient.goto(room);
    await shows(patient, '[role="log"]', NAME);
    assert.deepEqual(await saved(patient, NAME), PDF);
    await isAccessible(patient, "files of a call that is over");
    assert.equal(await patient.$('[aria-label="Attach files"]'), null);
    await provider.goto(room);
    await button(provider, "Erase chat…").click();
    await provider.waitForSelector('[role="alertdialog"] input:focus');
    await provider.keyboard.type("Asked for");
    await button(provider, "Erase chat").click();
    await shows(provider, "section", "What was written in this call was erased.");
    const files = (await server.recordingFiles()).filter((path) => path.includes("chat-files"));
    assert.deepEqual(files, []);
  });

  /** By the button. @param {Page} page @param {string} name @param {Buffer} content */
  async function chooses(page, name, content) {
    const path = join(folder, "chosen.pdf");
    await writeFile(path, content);
    const [chooser] = await Promise.all([
      page.waitForFileChooser(),
      button(page, "Attach files").click(),
    ]);
    await chooser.accept([path]);
    // A file system may not take such a name; a browser of another system does.
    await button(page, "Do not send chosen.pdf").click();
    await gives(page, "paste", name, content.toString("latin1"));
  }

  /** What the browser has saved by its button. @param {Page} page @param {string} name */
  async function saved(page, name) {
    const place = await mkdtemp(join(folder, "saved-"));
    const session = await page.createCDPSession();
    await session.send("Browser.setDownloadBehavior", {
      behavior: "allow",
      downloadPath: place,
      eventsEnabled: true,
      browserContextId: page.browserContext().id,
    });
    const done = new Promise((resolve) =>
      session.on("Browser.downloadProgress", ({ state }) => state === "completed" && resolve(null)),
    );
    await page.locator(`button[aria-label^="Download"][aria-label*="${name}"]`).click();
    await done;
    const [found] = await readdir(place);
    return await readFile(join(place, found ?? ""));
  }
});

/** @param {Page} page */
async function opensChat(page) {
  await page.locator('button[aria-label^="Chat"][aria-expanded]').click();
  await page.waitForSelector('aside[aria-label="Chat"] textarea');
}

/** @param {Page} page @param {string} name @param {string} content each character a byte */
async function pastes(page, name, content) {
  await gives(page, "paste", name, content);
  await shows(page, 'ul[aria-label="Files to send"]', name);
}

/** @param {Page} page @param {string} name @param {string} content each character a byte */
async function drops(page, name, content) {
  await gives(page, "dragover", name, content);
  await shows(page, "aside", "Drop files here to send them");
  await gives(page, "drop", name, content);
}

/** @param {Page} page @param {string} type @param {string} name @param {string} content */
async function gives(page, type, name, content) {
  await page.$eval(
    "aside textarea",
    (field, type, name, content) => {
      const held = new DataTransfer();
      const bytes = Uint8Array.from(content, (each) => each.charCodeAt(0));
      held.items.add(new File([bytes], name));
      const options = { bubbles: true, cancelable: true };
      const event =
        type === "paste"
          ? new ClipboardEvent(type, { ...options, clipboardData: held })
          : new DragEvent(type, { ...options, dataTransfer: held });
      field.dispatchEvent(event);
    },
    type,
    name,
    content,
  );
}

/** What is sent from now on does not arrive, and is not refused. @param {Page} page */
async function stalls(page) {
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    const held = request.method() === "POST" && request.url().includes("/chat/files");
    const how = /** @type {any} */ (page).files ?? "held";
    if (!held || how === "passed") void request.continue();
    else if (how === "broken") void request.abort("connectionreset");
  });
}

/** @param {Page} page */
async function breaks(page) {
  Object.assign(page, { files: "broken" });
}

/** @param {Page} page */
async function heals(page) {
  Object.assign(page, { files: "passed" });
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

/** @param {Page} page @param {string} selector @param {string} words */
async function hides(page, selector, words) {
  await page.waitForFunction(
    (selector, words) =>
      ![...document.querySelectorAll(selector)].some(({ textContent }) =>
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

/** What is pressed in the chat, and no finger hits surely. @param {Page} page */
function tooSmall(page) {
  return page.$$eval(
    "aside:not([hidden]) button",
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
