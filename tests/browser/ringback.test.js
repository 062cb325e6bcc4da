// Who calls hears that it rings, sees for how long, and can call again when nobody answers.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, PHONE, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, accept, button, hangUp, signIn, startCall } from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const RING_SECONDS = 30;

/** @type {Server} */ let server;
/** @type {import("puppeteer-core").Browser} */ let browser;
/** @type {Page} */ let provider;
/** @type {Page} */ let patient;
before(async () => {
  [server, browser] = await Promise.all([
    Server.start({ CARELAY_CALLS_RING_TIMEOUT_SECONDS: String(RING_SECONDS) }),
    chromium(),
  ]);
  provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
  patient = await signIn(browser, server.url, PATIENT, PHONE);
  await provider.evaluateOnNewDocument(listenIn);
  await prepare(provider);
  await provider.reload();
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("who calls hears it ring, until the call is accepted", async () => {
  await startCall(provider, "Alex Morgan");
  await provider.waitForFunction(isHeard, { polling: 100 });
  const left = await secondsLeft();
  assert.ok(left > 5 && left <= RING_SECONDS, `${left} seconds left`);
  await provider.waitForSelector("[aria-live=polite] ::-p-text(Calling Alex Morgan. It rings for)");
  await accept(patient);
  await provider.waitForSelector("[role=timer][aria-label]");
  await provider.waitForFunction(isSilent, { polling: 100 });
  await hangUp(provider);
  await Promise.all([provider, patient].map((page) => button(page, "Close").click()));
});

test("who takes the call back hears nothing from that moment on", async () => {
  await startCall(provider, "Alex Morgan");
  await provider.waitForFunction(isHeard, { polling: 100 });
  await button(provider, "Hang up").click();
  await button(provider, "Stop calling").click();
  await provider.waitForFunction(isSilent, { polling: 100 });
  await button(provider, "Close").click();
  await button(patient, "Close").click();
});

test("nobody answers: it is said before, and one press calls again, silently if so chosen", async () => {
  await startCall(provider, "Alex Morgan");
  const first = provider.url();
  await provider.waitForFunction(isHeard, { polling: 100 });
  await button(provider, "Silence the tone").click();
  await provider.waitForFunction(isSilent, { polling: 100 });
  await provider.waitForSelector("[aria-live=polite] ::-p-text(It stops ringing in)");
  await provider.waitForSelector("::-p-text(Alex Morgan did not answer)");
  await isAccessible(provider, "not answered");
  await button(patient, "Close").click();
  await button(provider, "Call again").click();
  await provider.waitForSelector("[role=timer]");
  assert.notEqual(provider.url(), first);
  await button(provider, "Hear the tone").wait(); // as it was chosen
  assert.ok(await provider.evaluate(isSilent));
  await button(provider, "Hear the tone").click();
  await provider.waitForFunction(isHeard, { polling: 100 });
  await button(patient, "Decline").click();
  await provider.waitForSelector("::-p-text(Alex Morgan declined the call)");
  await provider.waitForFunction(isSilent, { polling: 100 });
});

async function secondsLeft() {
  const timer = await provider.waitForSelector("[role=timer]");
  const words = await timer?.evaluate((each) => each.textContent);
  const [, minutes, seconds] = /(\d+):(\d\d)$/.exec(words ?? "") ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

/** Runs in the page before all else: what is played by Web Audio is measured as well. */
function listenIn() {
  const heard = /** @type {{analysers: AnalyserNode[]}} */ (/** @type {unknown} */ (window));
  heard.analysers = [];
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = /** @type {any} */ (
    function (/** @type {AudioNode} */ target, /** @type {any[]} */ ...more) {
      if (target instanceof AudioDestinationNode) {
        const analyser = target.context.createAnalyser();
        heard.analysers.push(analyser);
        // @ts-expect-error -- `this` is the node
        connect.call(this, analyser);
      }
      // @ts-expect-error -- `this` is the node
      return connect.call(this, target, ...more);
    }
  );
}

/** Runs in the page: whether a tone of some loudness is played, by a context that runs. */
function isHeard() {
  const { analysers } = /** @type {{analysers: AnalyserNode[]}} */ (
    /** @type {unknown} */ (window)
  );
  return analysers.some((analyser) => {
    if (analyser.context.state !== "running") return false;
    const samples = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length) > 0.01;
  });
}

/** Runs in the page: whether nothing is played, nor planned to be. */
function isSilent() {
  const { analysers } = /** @type {{analysers: AnalyserNode[]}} */ (
    /** @type {unknown} */ (window)
  );
  return analysers.every(({ context }) => context.state === "closed");
}
