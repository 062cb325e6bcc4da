// A recording of three people is played, and what happened in it found on its time line; it is
// exported, and verified and played from a disk, without any server, in Chromium and in Firefox; a
// byte of it that was changed is found.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium, firefox } from "./support/browser.js";
import { COMPLIANCE, button, follow, openAndPlay, signIn } from "./support/people.js";
import { recordCall } from "./support/recorded.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const MARIA = { username: "maria", name: "Maria Oliveira" };
const folder = mkdtempSync(join(tmpdir(), "carelay-export-"));
/** @type {Server} */ let server;
/** @type {import("puppeteer-core").Browser} */ let browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), chromium()]);
  await server.addUser(MARIA.username, MARIA.name, "provider");
  await recordCall(browser, server.url, 12, MARIA);
});
after(async () => {
  await browser?.close();
  await server?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test("three people play together, and the time line leads to what they said", async () => {
  const page = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
  await prepare(page);
  await follow(page, "Alex Morgan");
  await openAndPlay(page);
  await button(page, "Pause").click();
  await page.focus('[aria-label="Player"] input');
  await page.keyboard.press("Home");
  const all = await together(page);
  for (let second = 0; second < all; second++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("k");
  await page.waitForFunction(
    () => [...document.querySelectorAll("video")].filter((video) => !video.paused).length === 3,
  );
  if (await page.$('button[aria-label="Pause"]')) await button(page, "Pause").click();
  await page.locator("button ::-p-text(events on the time line)").click();
  const list = 'ol[aria-label="Events on the time line"]';
  const lines = await page.$$eval(`${list} li`, (all) => all.map((line) => line.textContent));
  for (const words of [
    /^Before.*Alex Morgan agreed/,
    /^0:\d\d.*Maria Oliveira agreed/,
    /^0:\d\d.*Maria Oliveira went off the record/,
    /^0:\d\d to 0:\d\d.*Nobody was recorded: off the record, as Maria Oliveira asked/,
    /^0:\d\d.*Maria Oliveira went back on the record/,
    /^0:\d\d to 0:\d\d.*Dr. Elena Rivera’s connection was (excellent|good|fair)/,
  ])
    assert.ok(
      lines.some((line) => words.test(line ?? "")),
      `${words} in ${lines.join("\n")}`,
    );
  await isAccessible(page, "the time line of three people");

  await page.focus('[aria-label="Player"] input');
  await page.keyboard.press("Home");
  const heard = '[aria-label="Player"] > [role="status"]';
  for (const key of /** @type {const} */ (["n", "n", "n", "p"])) {
    await page.keyboard.press(key);
    await page.waitForFunction(
      (selector) => /\(.*0:\d\d.*\)/.test(document.querySelector(selector)?.textContent ?? ""),
      {},
      heard,
    );
  }
  const mark = await page.waitForSelector(
    'button[aria-label*="Maria Oliveira went off the record"]',
  );
  await mark?.click();
  await mark?.hover();
  await page.waitForFunction((button) => button?.nextElementSibling?.checkVisibility(), {}, mark);
  await page.keyboard.press("Escape");
  await page.waitForFunction((button) => !button?.nextElementSibling, {}, mark);
  const [asked] = lines.filter((line) => /went off the record/.test(line ?? ""));
  const second = Number(/0:(\d\d)/.exec(asked ?? "")?.[1]);
  await page.waitForFunction(
    (wanted) => Number(document.querySelector("input")?.value) === wanted,
    {},
    second,
  );
  await page.browserContext().close();
});

test("an export is made, downloaded, verified and played from the disk", async () => {
  const archive = await exported();
  execFileSync("python3", ["-m", "zipfile", "-e", archive, join(folder, "unpacked")]);
  const page = await offline(join(folder, "unpacked", "index.html"));
  await isAccessible(page, "choosing an export");
  await choose(page, archive);
  await shows(page, "Nothing was changed");
  await page.locator("button ::-p-text(events on the time line)").click();
  await shows(page, "Maria Oliveira went off the record");
  await isAccessible(page, "an export that is whole");
  await plays(page);
  const agreed = 'button[aria-label*="Maria Oliveira agreed"]';
  const label = await page.$eval(agreed, (mark) => mark.getAttribute("aria-label"));
  await page.locator(agreed).click();
  await page.waitForFunction(
    (second) => (document.querySelector("video")?.currentTime ?? 0) >= second,
    { timeout: 2000 }, // it does not get there by playing
    Number(/\(0:(\d\d)\)/.exec(label ?? "")?.[1]),
  );

  const content = readFileSync(archive);
  const place = content.indexOf("moov") + 40;
  content[place] = (content[place] ?? 0) ^ 1;
  const changed = join(folder, "changed.zip");
  writeFileSync(changed, content);
  await button(page, "Check another one").click();
  await choose(page, changed);
  await shows(page, "This export was changed");
  await shows(page, "media/recording.mp4 is not what it was");
  assert.equal(await page.$("video"), null);
  await isAccessible(page, "an export that was changed");

  const fox = await firefox();
  try {
    const inFirefox = await fox.newPage();
    await inFirefox.goto(pathToFileURL(join(folder, "unpacked", "index.html")).href);
    await choose(inFirefox, archive);
    await shows(inFirefox, "Nothing was changed");
    await plays(inFirefox);
  } finally {
    await fox.close();
  }
});

/** The second from which on all were recorded until the end. @param {Page} page */
async function together(page) {
  const compliance = await server.as(COMPLIANCE);
  const id = page.url().split("/").at(-1);
  const { parts } = await (await compliance(`recordings/${id}`)).json();
  /** @type {Record<string, number>} */
  const last = {};
  for (const { participant_id: person, offset_ms: begin } of parts)
    last[person] = Math.max(begin, last[person] ?? 0);
  assert.equal(Object.keys(last).length, 3);
  return Math.ceil(Math.max(...Object.values(last)) / 1000);
}

/** @param {Page} page */
async function plays(page) {
  await page.evaluate(async () => {
    const film = document.querySelector("video");
    if (film === null) throw new Error("no film");
    film.muted = true;
    await film.play();
  });
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.5);
}

/** As compliance has it: asked for with a reason, made, and saved. */
async function exported() {
  const page = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
  await prepare(page);
  await follow(page, "Alex Morgan");
  await button(page, "Export").click();
  await shows(page, "Why are you opening this recording?");
  await page.locator("label ::-p-text(A complaint)").click();
  await button(page, "Open recording").click();
  await shows(page, "Export this recording?");
  await isAccessible(page, "what an export holds");
  await button(page, "Make export").click();
  await shows(page, "Asked for by Casey Nguyen");
  const ready = 'button[aria-label^="Download: Film, side by side"]';
  await page.waitForSelector(ready, { timeout: 180_000 }); // calls come first on a busy machine
  await isAccessible(page, "an export that is ready");
  const client = await page.createCDPSession();
  await client.send("Browser.setDownloadBehavior", {
    behavior: "allow",
    downloadPath: folder,
    browserContextId: /** @type {any} */ (page.browserContext()).id,
    eventsEnabled: true,
  });
  const saved = new Promise((resolve) => {
    client.on("Browser.downloadProgress", ({ state }) => state === "completed" && resolve(state));
  });
  await page.locator(ready).click();
  await saved;
  const name = readdirSync(folder).find((each) => each.endsWith(".zip"));
  assert.match(String(name), /^recording-20\d\d-\d\d-\d\d-\d{4}-[0-9a-f]{8}\.zip$/);
  await page.goto(`${server.url}/recordings`);
  await shows(page, "Exports");
  await isAccessible(page, "exports beside the recordings");
  await page.browserContext().close();
  return join(folder, String(name));
}

/**
 * A page from the disk in a browser that has no network.
 * @param {string} path
 */
async function offline(path) {
  const page = await browser.newPage();
  await page.setOfflineMode(true);
  await page.setViewport(DESKTOP);
  await page.goto(pathToFileURL(path).href);
  await prepare(page);
  return page;
}

/**
 * @param {Page} page
 * @param {string} file
 */
async function choose(page, file) {
  const input = await page.waitForSelector('input[type="file"]:not([webkitdirectory])');
  await /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (input).uploadFile(
    file,
  );
}

/**
 * @param {Page} page
 * @param {string} text
 */
async function shows(page, text) {
  await page.waitForSelector(`::-p-text(${text})`);
}
