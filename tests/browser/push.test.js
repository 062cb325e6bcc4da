// A device that rings while no page is open: asked for in the page, pushed by the server, shown by
// the service worker. No browser of a test reaches its maker's push service: a service here stands
// for it, and what it takes is handed to the service worker by the browser's own debugger.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, button, signIn, startCall } from "./support/people.js";
import { Pushes } from "./support/pushes.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const WISH = "Ring this device while the page is closed";

describe("a device", () => {
  /** @type {Server} */ let server;
  /** @type {Pushes} */ let pushes;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  before(async () => {
    pushes = await Pushes.start();
    [server, browser] = await Promise.all([
      Server.start({
        CARELAY_PUSH_CONTACT: "mailto:desk@practice.example",
        CARELAY_PUSH_SERVICES: pushes.origin,
      }),
      chromium(),
    ]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
    await pushes?.close();
  });

  test("is quiet once its user has signed out", async () => {
    const patient = await signIn(browser, server.url, PATIENT, DESKTOP);
    await patient.browserContext().overridePermissions(server.url, ["notifications"]);
    await patient.evaluate(subscribeAt, `${pushes.origin}/push/tablet`);
    await patient.waitForSelector("::-p-text(Your next appointment)"); // above it, when it comes
    await patient.locator(`label ::-p-text(${WISH})`).click();
    await patient.waitForSelector(`input[aria-label="${WISH}"]:checked`);
    const silenced = patient.waitForResponse(
      (reply) => reply.url().endsWith("/push-subscription") && reply.request().method() === "DELETE",
    );
    await patient.locator('header button[aria-haspopup="true"]').click();
    await patient.locator('[role="menuitem"] ::-p-text(Sign out)').click();
    assert.equal((await silenced).status(), 204);
    await button(patient, "Sign in").wait();
    await patient.browserContext().close();
  });

  test("rings while its page is closed, and names nobody", async () => {
    const patient = await signIn(browser, server.url, PATIENT, DESKTOP);
    const context = patient.browserContext();
    await context.overridePermissions(server.url, ["notifications"]);
    await prepare(patient);
    await patient.evaluate(subscribeAt, `${pushes.origin}/push/phone`);
    await patient.waitForSelector("::-p-text(Your next appointment)"); // above it, when it comes
    await patient.locator(`label ::-p-text(${WISH})`).click();
    await patient.waitForSelector(`input[aria-label="${WISH}"]:checked`);
    await isAccessible(patient, "a device that rings");
    await patient.setViewport(DESKTOP);

    const other = await context.newPage();
    const devtools = await other.createCDPSession();
    const registration = registered(devtools, server.url);
    await devtools.send("ServiceWorker.enable");
    const registrationId = await registration;
    await patient.close();
    const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await startCall(provider, "Alex Morgan");
    const { authorization, ttl, urgency } = await pushes.first();
    assert.match(authorization ?? "", /^vapid t=[\w-]+\.[\w-]+\.[\w-]+, k=[\w-]{87}$/);
    assert.deepEqual([Number(ttl) > 10, urgency], [true, "high"]);
    await other.goto(`${server.url}/robots.txt`); // it is looked at, and rings nobody
    await devtools.send("ServiceWorker.deliverPushMessage", {
      origin: server.url,
      registrationId,
      data: "",
    });

    await other.waitForFunction(async () => {
      const found = await navigator.serviceWorker.getRegistration("/");
      return ((await found?.getNotifications()) ?? []).length === 1;
    });
    const shown = await other.evaluate(async () => {
      const found = await navigator.serviceWorker.getRegistration("/");
      const [one] = (await found?.getNotifications()) ?? [];
      return [one?.title, one?.body];
    });
    assert.deepEqual(shown, ["You are being called", "Open the page to answer."]);
    await provider.browserContext().close();
    await context.close();
  });
});

/**
 * The browser has subscribed there.
 * @param {string} endpoint
 */
function subscribeAt(endpoint) {
  /** @type {unknown} */ let subscription = null;
  PushManager.prototype.getSubscription = async () => /** @type {any} */ (subscription);
  PushManager.prototype.subscribe = async (asked) => {
    const options = { applicationServerKey: decoded(String(asked?.applicationServerKey)) };
    subscription = { endpoint, options, unsubscribe: async () => (subscription = null) };
    return /** @type {any} */ (subscription);
  };
  /** @param {string} text */
  function decoded(text) {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(bytes, (each) => each.charCodeAt(0)).buffer;
  }
}

/**
 * The registration of the service worker for the whole site, by its id.
 * @param {import("puppeteer-core").CDPSession} devtools @param {string} url
 * @returns {Promise<string>}
 */
function registered(devtools, url) {
  return new Promise((resolve) => {
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const found = registrations.find(({ scopeURL }) => scopeURL === `${url}/`);
      if (found) resolve(found.registrationId);
    });
  });
}
