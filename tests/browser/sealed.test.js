// A recording that the server cannot open, decrypted in the browser of whoever has its key.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium, firefox } from "./support/browser.js";
import { COMPLIANCE, button, follow, signIn } from "./support/people.js";
import { SealedKey } from "./support/sealedkey.js";
import { recordCall } from "./support/recorded.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

describe("a sealed recording", () => {
  /** @type {SealedKey} */ let key;
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {Page} */ let page;
  before(async () => {
    key = await SealedKey.create("known to the officer alone");
    [server, browser] = await Promise.all([Server.start(key.environment), chromium()]);
    await recordCall(browser, server.url, 240);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
    await key?.remove();
  });

  test("is opened with the right key and passphrase alone, and plays at any place", async () => {
    page = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
    await prepare(page);
    const asked = requested(page);
    await follow(page, "Alex Morgan");
    await button(page, "Open with your key").click();
    await shows(page, "Open your private key"); // once the page was loaded again
    await choose(page, key.publicFile);
    await shows(page, "This is not the file of a private key");
    await choose(page, key.privateFile);
    await page.waitForSelector('[role="status"] ::-p-text(recording.private)');
    await isAccessible(page, "the private key is asked for");
    await enter(page, "not known to anybody");
    await shows(page, "The passphrase does not open this key");
    await enter(page, key.passphrase);
    await say(page);
    await plays(page, 0.5);
    await isAccessible(page, "player of a sealed recording");
    await shows(page, "Nobody has changed the list of these files");

    await page.focus('[aria-label="Player"] input');
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Home");
    await page.waitForFunction(() =>
      [...document.querySelectorAll("figure video")].every(
        (video) => /** @type {HTMLVideoElement} */ (video).currentTime < 3,
      ),
    );
    const clear = asked.filter((url) => url.includes("/media"));
    assert.deepEqual(clear, [], "the server was asked for nothing that it would have to decrypt");
    assert.deepEqual(await page.evaluate(() => caches.keys()), []);
  });

  test("is in the log with its reason, whatever is read of it", async () => {
    const log = await entries();
    const of = (/** @type {string} */ action) => log.filter((entry) => entry.action === action);
    const why = { purpose_of_event: "HLEGAL" };
    assert.deepEqual(of("recording.played")[0]?.detail, why);
    assert.equal(of("key.opened").length, 1);
    assert.equal(of("key.opened")[0]?.detail.purpose_of_event, "HLEGAL");
    const streamed = of("recording.streamed");
    assert.ok(streamed.length >= 4, `${streamed.length}`);
    assert.ok(streamed.every(({ detail }) => detail.file === "sealed"));
    assert.ok(streamed.length < 40, `${streamed.length} rows for some seconds`);
  });

  test("gives a still of the moment, which is in the log and says whose it is", async () => {
    await page.setViewport(DESKTOP);
    await page.evaluate(keepWhatIsSaved);
    await page.focus('[aria-label="Player"] input');
    await page.locator("figure").click();
    await page.keyboard.press("s");
    await shows(page, "Still saved");
    const saved = await page.waitForFunction(() => document.querySelector("img[title]"));
    const { name, width, height, colours, picture } = await page.evaluate(read, saved);
    assert.match(name, /^\d{4}-\d\d-\d\d_\d{4}_still_0000\ds_[0-9a-f]{8}\.png$/);
    assert.ok(width >= 1280 && height > 500, `${width} × ${height}`);
    assert.ok(colours > 20, `${colours} colours`);
    if (process.env.PICTURES)
      await writeFile(`${process.env.PICTURES}/still.png`, Buffer.from(picture, "base64"));
    const [taken, ...more] = (await entries()).filter(
      ({ action }) => action === "recording.still_taken",
    );
    assert.equal(taken?.detail.purpose_of_event, "HLEGAL");
    assert.deepEqual(more, []);
  });

  test("closes when its key is closed", async () => {
    await button(page, "Close key").click();
    await button(page, "Open with your key").wait();
    assert.equal(await page.$("figure video"), null);
  });

  test("plays in Firefox", async () => {
    const fox = await firefox();
    try {
      const page = await signIn(fox, server.url, COMPLIANCE, DESKTOP);
      await follow(page, "Alex Morgan");
      await button(page, "Open with your key").click();
      await shows(page, "Open your private key");
      await choose(page, key.privateFile);
      await enter(page, key.passphrase);
      await say(page);
      await plays(page, 0.5);
    } finally {
      await fox.close();
    }
  });

  test("plays no octet that was changed on the disk, and says which file it is", async () => {
    const [file = ""] = (await server.recordingFiles()).filter((path) => path.endsWith(".part"));
    const content = await readFile(file);
    const middle = Math.floor(content.length / 2);
    content.writeUInt8(content.readUInt8(middle) ^ 1, middle);
    await writeFile(file, content);
    await button(page, "Open with your key").click();
    await choose(page, key.privateFile);
    await enter(page, key.passphrase);
    await say(page);
    await page.waitForSelector('[role="alert"] ::-p-text(is damaged or was changed)');
    await page.waitForFunction(() => document.querySelectorAll("figure video").length === 2);
    const damage = (await entries()).filter(({ action }) => action === "recording.damaged");
    assert.deepEqual(
      damage.map(({ detail }) => detail),
      [{ found_by: "browser" }],
    );
  });

  async function entries() {
    const as = await server.as(COMPLIANCE);
    const [found] = (await (await as("recordings")).json()).recordings;
    const { access_log } = await (await as(`recordings/${found.recording_id}`)).json();
    return /** @type {{action: string, detail: Record<string, unknown>}[]} */ (access_log);
  }
});

/** Runs in the page: a picture that would be saved is put on it, as its title the name it gets. */
function keepWhatIsSaved() {
  HTMLAnchorElement.prototype.click = function () {
    const image = document.createElement("img");
    Object.assign(image, { src: this.href, title: this.download });
    image.onload = () => document.body.append(image);
  };
}

/** Runs in the page. @param {unknown} saved */
function read(saved) {
  const image = /** @type {HTMLImageElement} */ (saved);
  const { title: name, naturalWidth: width, naturalHeight: height } = image;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height);
  const colours = new Set();
  for (let at = 0; at < data.length; at += 404) colours.add(`${data[at]} ${data[at + 1]}`);
  const picture = canvas.toDataURL().split(",")[1] ?? "";
  return { name, width, height, colours: colours.size, picture };
}

/** The addresses of all that the page asks for, from now on. @param {Page} page */
function requested(page) {
  const asked = /** @type {string[]} */ ([]);
  page.on("request", (request) => asked.push(request.url()));
  return asked;
}

/** The file of the key. @param {Page} page @param {string} path */
async function choose(page, path) {
  const input = await page.waitForSelector('[role="dialog"] input[type="file"]');
  await /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (input).uploadFile(
    path,
  );
  const told = path.endsWith(".private") ? "status" : "alert";
  await page.waitForSelector(`[role="dialog"] [role="${told}"]`);
}

/** The passphrase. @param {Page} page @param {string} passphrase */
async function enter(page, passphrase) {
  await page.locator('[role="dialog"] input[type="password"]').fill(passphrase);
  await button(page, "Open key").click();
}

/** Why it is opened. @param {Page} page */
async function say(page) {
  await page.locator("label ::-p-text(A complaint or a legal matter)").click();
  await button(page, "Open recording").click();
}

/** Until all videos are so far, in seconds. @param {Page} page @param {number} seconds */
async function plays(page, seconds) {
  await page.waitForFunction(
    (/** @type {number} */ seconds) => {
      const videos = [...document.querySelectorAll("figure video")];
      return (
        videos.length === 2 &&
        videos.every((video) => {
          const { currentTime, videoWidth } = /** @type {HTMLVideoElement} */ (video);
          return currentTime > seconds && videoWidth > 0;
        })
      );
    },
    {},
    seconds,
  );
}

/** @param {Page} page @param {string} words */
async function shows(page, words) {
  await page.waitForSelector(`::-p-text(${words})`, { visible: true });
}
