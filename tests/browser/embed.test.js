// The packed library in a platform's own pages: its types, its styles beside the platform's, and a
// call through it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { chromium } from "./support/browser.js";
import { button, hangUp } from "./support/people.js";
import { moves, seesMovingVideo } from "./support/picture.js";
import { Platform } from "./support/platform.js";
import { observe } from "./support/reception.js";
import { Server } from "./support/server.js";
import { hears, hearsNothing } from "./support/sound.js";
import { PLATFORM } from "./support/tokens.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** @type {Server} */ let server;
/** @type {Platform} */ let platform;
/** @type {import("puppeteer-core").Browser} */ let browser;
before(async () => {
  [server, platform, browser] = await Promise.all([
    Server.start(PLATFORM),
    Platform.create(),
    chromium(),
  ]);
  await platform.program("vite", "build");
  await platform.serve(server.url);
});
after(async () => {
  await browser?.close();
  await platform?.remove();
  await server?.remove();
});

for (const resolution of ["bundler", "nodenext"])
  test(`a host's types hold against the library's, found by ${resolution}`, async () => {
    const module = resolution === "nodenext" ? "nodenext" : "esnext";
    await platform.program("tsc", "--moduleResolution", resolution, "--module", module);
  });

test("a host that renders ten times a second, each prop made anew, changes nothing in a call", async () => {
  const { provider, patient, room } = await call();
  assert.equal(
    await provider.$eval("section[data-call-phase]", (section) => section.dataset["callPhase"]),
    "active",
  );

  await button(provider, "Mute").click();
  const muted = await renderings(provider, 30);
  await button(provider, "Unmute").wait();
  const later = await renderings(provider, 30);
  assert.ok(later.renders > muted.renders);
  assert.deepEqual({ ...later, renders: 0 }, { ...muted, renders: 0 });
  assert.deepEqual(
    [later.live, later.state, later.cameras],
    [1, "connected", 1],
    "one connection, whose camera was asked for once",
  );
  await seesMovingVideo(patient);

  // The socket of a network that comes back is a new one, for which the token of the latest
  // rendering is asked.
  const asked = await provider.evaluate(() => /** @type {any} */ (window).seen.tokens.length);
  await provider.evaluate(() => void dispatchEvent(new Event("online")));
  await provider.waitForFunction(
    (before) => /** @type {any} */ (window).seen.tokens.length > before,
    {},
    asked,
  );
  const last = await provider.evaluate(() => /** @type {any} */ (window).seen.tokens.at(-1));
  assert.ok(last >= later.renders, `rendering ${last} of ${later.renders}`);

  await hangUp(provider);
  await button(provider, "Close").click();
  const ended = await provider.evaluate(() => /** @type {any} */ (window).seen.ended);
  assert.equal(ended.reason, "hung_up");
  assert.ok(ended.render >= later.renders);
  assert.equal((await platform.api("dr-lee", `telemedicine/calls/${room}`)).call_status, "ended");
});

test("no rule of a host reaches the call, and none of the call reaches the host, under a strict policy", async () => {
  const { provider, patient } = await call();
  assert.deepEqual(await provider.evaluate(changedByUs), []);
  await withstands(provider, "in a call");
  await button(provider, "Emergency").click();
  await provider.locator('[role="alertdialog"]').wait();
  await withstands(provider, "with a dialog");
  const ground = await provider.$eval(
    ".carelay-overlays [role=alertdialog]",
    (dialog) => getComputedStyle(/** @type {HTMLElement} */ (dialog.parentElement)).backgroundColor,
  );
  assert.equal(ground, "rgb(28, 41, 45)", "dark, as the host says, on a light system");
  await provider.keyboard.press("Escape");
  await button(patient, "Microphone, camera, speaker").click();
  await patient.locator('[role="menu"]').wait();
  await withstands(patient, "with a menu");

  const { fonts, refused, global } = await provider.evaluate(() => ({
    fonts: [...document.fonts]
      .filter(({ status }) => status === "loaded")
      .map(({ family }) => family.replaceAll('"', "")),
    refused: /** @type {any} */ (window).refused,
    global: [...document.styleSheets]
      .filter(({ href }) => !href?.endsWith("host.css"))
      .flatMap(({ cssRules }) => [...cssRules].map(({ cssText }) => cssText)),
  }));
  assert.deepEqual([...new Set(fonts)], ["Carelay Figtree"]);
  assert.deepEqual(refused, []);
  const named =
    /^(\.carelay:not\(|@(font-face|(keyframes |property --)carelay-|media|supports|container))/;
  assert.deepEqual(
    global.filter((rule) => !named.test(rule)),
    [],
  );
  await hangUp(provider);
});

test("the chat of a call is beside it, as narrow as its place, in the host's pages as well", async () => {
  const { provider, patient } = await call();
  await button(provider, "Chat").click();
  await provider.waitForSelector('aside[aria-label="Chat"] textarea');
  await provider.locator("aside textarea").fill("Can you hear me well?");
  await button(provider, "Send").click();
  await patient.waitForSelector("::-p-text(Dr. Lee wrote: Can you hear me well?)");
  await button(patient, "Chat, 1 new message").click();
  await patient.waitForSelector('[role="log"] ::-p-text(Can you hear me well?)');
  await patient.$eval("aside textarea", (field) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File(["Take one a day."], "plan.txt"));
    const options = { bubbles: true, cancelable: true, clipboardData };
    field.dispatchEvent(new ClipboardEvent("paste", options));
  });
  await patient.waitForSelector('[aria-label="Files to send"]');
  await button(patient, "Send").click();
  await provider.waitForSelector('[role="log"] ::-p-text(plan.txt)');
  await withstands(provider, "with the chat");

  await provider.$eval("#call", (place) => {
    Object.assign(/** @type {HTMLElement} */ (place).style, { right: "auto", width: "480px" });
  });
  await provider.waitForFunction(() => {
    const panel = document.querySelector("aside")?.getBoundingClientRect();
    return panel?.left === 0 && panel.width === 480;
  });
  assert.deepEqual(await provider.evaluate(() => /** @type {any} */ (window).refused), []);
  await button(provider, "Close Chat").click();
  await hangUp(provider);
});

test("a platform's own words carry a call, and the component needs no more than it names", async () => {
  const room = await accepted();
  const provider = await signedIn("dr-lee", `service.html?room=${room}&user=dr-lee`);
  const patient = await signedIn(
    "sam-roe",
    `component.html?room=${room}&user=sam-roe&role=patient`,
  );
  await press(provider, "call");
  await Promise.all([
    moves(provider, "#remote", 15),
    moves(provider, "#own", 15),
    seesMovingVideo(patient),
  ]);
  assert.deepEqual(await told(provider), {
    streams: 1,
    states: ["connecting", "connected"],
    ended: 0,
    answers: [],
  });
  const iceServers = await provider.evaluate(() => {
    const [connection] = /** @type {{connections: RTCPeerConnection[]}} */ (
      /** @type {unknown} */ (window)
    ).connections;
    return connection?.getConfiguration().iceServers?.map(({ urls }) => [urls].flat()[0]);
  });
  assert.deepEqual(iceServers, ["stun:127.0.0.1:3478", "turn:127.0.0.1:3478"]);

  await hears(patient);
  assert.equal(await toggled(provider, "microphone"), false);
  await hearsNothing(patient);
  assert.equal(await toggled(provider, "microphone"), true);
  await hears(patient);

  assert.equal(await toggled(provider, "camera"), false);
  await patient.waitForSelector("::-p-text(Camera is off)");
  assert.equal(await toggled(provider, "camera"), true);
  await seesMovingVideo(patient);

  await press(provider, "share");
  await patient.waitForSelector("::-p-text(is sharing a screen)");
  await press(provider, "end");
  await patient.waitForSelector("::-p-text(Dr. Lee ended the call)");
  await button(patient, "Close").click();
  await patient.waitForFunction(() => /** @type {any} */ (window).ended);
  await provider.waitForFunction(() => /** @type {any} */ (window).told.ended > 0);
  const { states, ended } = await told(provider);
  assert.deepEqual({ states, ended }, { states: ["connecting", "connected", "closed"], ended: 1 });
  assert.equal((await platform.api("dr-lee", `telemedicine/calls/${room}`)).end_reason, "hung_up");
});

test("in a platform's own words, one stream shows the other's screen, and one service carries call after call", async () => {
  const room = await accepted();
  const patient = await signedIn("sam-roe", `service.html?room=${room}&user=sam-roe`);
  const provider = await signedIn(
    "dr-lee",
    `component.html?room=${room}&user=dr-lee&role=provider`,
  );
  await press(patient, "call");
  await moves(patient, "#remote", 15);
  await button(provider, "Share screen").click();
  await showsScreen(patient, true);
  await hears(patient);
  await button(provider, "Stop sharing").click();
  await showsScreen(patient, false);
  await hangUp(provider);
  await patient.waitForFunction(() => /** @type {any} */ (window).told.ended === 1);
  assert.deepEqual((await told(patient)).states, ["connecting", "connected", "closed"]);
  assert.equal((await told(patient)).streams, 1);
  await patient.waitForFunction(() =>
    /** @type {any} */ (window).sockets.every((/** @type {WebSocket} */ one) => one.readyState > 1),
  );

  const next = await accepted();
  await patient.evaluate(
    (room) => history.replaceState(null, "", `?room=${room}&user=sam-roe`),
    next,
  );
  await press(patient, "call");
  await provider.goto(`${platform.url}/component.html?room=${next}&user=dr-lee&role=provider`);
  await Promise.all([moves(patient, "#remote", 15), seesMovingVideo(provider)]);
  await press(patient, "end");
  await patient.waitForFunction(() => /** @type {any} */ (window).told.ended === 2);
  assert.equal((await platform.api("dr-lee", `telemedicine/calls/${next}`)).call_status, "ended");
});

/**
 * A call between the platform's two users that both have said yes to.
 * @returns {Promise<string>} its room
 */
async function accepted() {
  for (const user of ["dr-lee", "sam-roe"]) await platform.api(user, "auth/me");
  const body = { patient_id: "sam-roe", recording_enabled: false, audio_only: false };
  const { room_id: room } = await platform.api("dr-lee", "telemedicine/call/initiate", body);
  await platform.api("sam-roe", "telemedicine/call/accept", {
    room_id: room,
    recording_consent: false,
  });
  return room;
}

/**
 * One of the platform's pages, signed in by cookie.
 * @param {string} user
 * @param {string} address
 */
async function signedIn(user, address) {
  const page = await (await browser.createBrowserContext()).newPage();
  await page.setViewport({ width: 1280, height: 800 });
  page.on("pageerror", (error) => console.error(`${user}: ${error}`));
  await observe(page);
  await page.evaluateOnNewDocument(() => {
    const { sockets } = Object.assign(window, { sockets: /** @type {WebSocket[]} */ ([]) });
    const Original = WebSocket;
    window.WebSocket = class extends Original {
      /** @param {string | URL} url */
      constructor(url) {
        super(url);
        sockets.push(this);
      }
    };
  });
  await page.goto(`${platform.url}/platform/sign-in?user=${user}`);
  await page.goto(`${platform.url}/${address}`);
  return page;
}

/** @param {Page} page @param {string} id of the platform's own button */
async function press(page, id) {
  await page.locator(`#${id}`).click();
}

/**
 * Presses a button that switches something, and returns what the service answered.
 * @param {Page} page
 * @param {string} id
 */
async function toggled(page, id) {
  const { answers } = await told(page);
  await press(page, id);
  await page.waitForFunction(
    (before) => /** @type {any} */ (window).told.answers.length > before,
    {},
    answers.length,
  );
  return (await told(page)).answers.at(-1);
}

/** What the service has told the platform's page. @param {Page} page */
function told(page) {
  return page.evaluate(
    () =>
      /** @type {{streams: number, states: string[], ended: number, answers: boolean[]}} */ (
        /** @type {any} */ (window).told
      ),
  );
}

/**
 * Waits until the picture is the shared screen, which is larger than a camera's, or no more.
 * @param {Page} page
 * @param {boolean} screen
 */
async function showsScreen(page, screen) {
  await page.waitForFunction(
    (screen) =>
      /** @type {HTMLVideoElement} */ (document.querySelector("#remote")).videoWidth > 1280 ===
      screen,
    {},
    screen,
  );
  await moves(page, "#remote", 1);
}

/** A call between the platform's two users, each in a page of the platform. */
async function call() {
  const room = await accepted();
  const provider = await open(room, "dr-lee", "provider");
  const patient = await open(room, "sam-roe", "patient");
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  return { provider, patient, room };
}

/** @param {string} room @param {string} user @param {string} role */
async function open(room, user, role) {
  const page = await (await browser.createBrowserContext()).newPage();
  await page.setViewport({ width: 1280, height: 800 });
  page.on("pageerror", (error) => console.error(`${user}: ${error}`));
  await observe(page);
  await page.evaluateOnNewDocument(`window.changedBy = ${changedBy}`);
  await page.evaluateOnNewDocument(() => {
    const kept = Object.assign(window, { refused: /** @type {string[]} */ ([]), cameras: 0 });
    document.addEventListener("securitypolicyviolation", (event) => {
      kept.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = (constraints) => {
      if (constraints?.video) kept.cameras += 1;
      return ask(constraints);
    };
  });
  await page.goto(`${platform.url}/?room=${room}&user=${user}&role=${role}`);
  return page;
}

/** What the page is after as many more renderings. @param {Page} page @param {number} more */
async function renderings(page, more) {
  const before = await page.evaluate(() => /** @type {any} */ (window).seen.renders);
  await page.waitForFunction(
    (least) => /** @type {any} */ (window).seen.renders >= least,
    {},
    before + more,
  );
  return page.evaluate(() => {
    const { seen, cameras, connections } =
      /** @type {{seen: any, cameras: number, connections: RTCPeerConnection[]}} */ (
        /** @type {unknown} */ (window)
      );
    const open = connections.filter(({ connectionState }) => connectionState !== "closed");
    const tracks = open.flatMap((connection) => connection.getSenders().map(({ track }) => track));
    return {
      renders: seen.renders,
      connections: connections.length,
      live: open.length,
      state: open[0]?.connectionState,
      sent: tracks.map((track) => track && `${track.id} ${track.readyState} ${track.enabled}`),
      tokens: seen.tokens.length,
      cameras,
    };
  });
}

/** @param {Page} page @param {string} state named in what is reported */
async function withstands(page, state) {
  await page.bringToFront();
  assert.deepEqual(await page.evaluate(changedByHost), [], state);
}

/** Runs in the page: what the host's rules make of the call. */
function changedByHost() {
  return changedBy("#host-styles", ".carelay, .carelay *");
}

/**
 * Runs in the page: what the call's rules make of the host, which cannot see the call either: it is
 * out of the flow.
 */
function changedByUs() {
  return changedBy(
    "link[rel=stylesheet]:not(#host-styles)",
    "html, body, .page, .page > :not(#call), .page > :not(#call) *",
  );
}

/**
 * Runs in the page: the computed styles that differ with a style sheet and without, in one turn, so
 * that nothing else changes meanwhile.
 * @param {string} link
 * @param {string} selector
 * @returns {string[]}
 */
function changedBy(link, selector) {
  const { sheet } = /** @type {{sheet: CSSStyleSheet}} */ (
    /** @type {unknown} */ (document.querySelector(link))
  );
  const elements = [...document.querySelectorAll(selector)];
  const looks = () =>
    elements.flatMap((element) =>
      [null, "::before", "::after"].map((part) => {
        const style = getComputedStyle(element, part);
        const names = [...style].filter((name) => !name.startsWith("--"));
        return new Map(names.map((name) => [name, style.getPropertyValue(name)]));
      }),
    );
  const before = looks();
  sheet.disabled = true;
  const without = looks();
  sheet.disabled = false;
  const changed = before.flatMap((style, at) => {
    const element = elements[Math.floor(at / 3)];
    const other = (/** @type {string} */ name) => without[at]?.get(name);
    const wrong = [...style].filter(([name, value]) => other(name) !== value);
    return wrong.map(
      ([name, value]) =>
        `${element?.localName} ${element?.classList} (${at % 3}) ${name}: ${other(name)}, now ${value}`,
    );
  });
  return elements.length > 5 ? changed.slice(0, 40) : [`${elements.length} elements`];
}
