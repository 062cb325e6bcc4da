// Somebody without an account: the link from the letter to the call, and out again.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, PHONE as NARROW, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { Letters } from "./support/letters.js";
import { PROVIDER, button, follow, signIn } from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

describe("a guest", () => {
  /** @type {Server} */ let server;
  /** @type {Letters} */ let letters;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  before(async () => {
    letters = await Letters.start();
    [server, browser] = await Promise.all([
      Server.start({
        CARELAY_SMTP_HOST: "127.0.0.1",
        CARELAY_SMTP_PORT: String(letters.port),
        CARELAY_SMTP_SECURITY: "none",
        CARELAY_SMTP_SENDER: "desk@practice.example",
        CARELAY_SERVER_PUBLIC_URL: "{url}",
      }),
      chromium(),
    ]);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
    await letters?.close();
  });

  test("comes in by the link of a letter, talks, and is out once it is taken back", async () => {
    const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await prepare(provider);
    const id = await book(provider);
    await follow(provider, "Calendar");
    await provider.waitForSelector("h1 ::-p-text(Calendar)");
    await provider.locator("section button:not([aria-hidden])").click();
    await button(provider, "Guest links…").click();
    // The button below moves until then.
    await provider.waitForSelector("::-p-text(No link was made yet.)");
    await button(provider, "Send a link").click();
    await provider.locator('input[type="email"]').fill("sam@example.net");
    await isAccessible(provider, "a link for a guest");
    await provider.setViewport(DESKTOP);
    await button(provider, "Send").click();
    await provider.waitForSelector("::-p-text(The link is on its way.)");
    await button(provider, "Back").click();

    const link = await letters.find(/http:\/\/localhost:\d+\/join#guest=[\w-]{43}/);
    const scanner = await fetch(link); // as mail servers do
    assert.equal(scanner.status, 200);
    const context = await browser.createBrowserContext();
    const guest = await context.newPage();
    await prepare(guest);
    await guest.setViewport(NARROW[0] ?? DESKTOP);
    await guest.goto(link);
    await button(guest, "Join").wait();
    assert.equal(await guest.evaluate(() => location.hash), "");
    await isAccessible(guest, "a guest's link", NARROW);
    await button(guest, "Join").click();
    await guest.waitForSelector("::-p-text(You are in)");
    await isAccessible(guest, "a guest who waits", NARROW);
    await guest.setViewport(NARROW[0] ?? DESKTOP);
    await checksIn(guest);
    await provider.waitForSelector("::-p-text(Came in)");
    await isAccessible(provider, "links of guests");
    await provider.setViewport(DESKTOP);

    const forwarded = await (await browser.createBrowserContext()).newPage();
    await prepare(forwarded);
    await forwarded.goto(link);
    await forwarded.waitForSelector("::-p-text(This link was used in another browser)");
    await isAccessible(forwarded, "a link that was forwarded", NARROW);
    await forwarded.evaluate(() => {
      location.hash = `#guest=${"x".repeat(43)}`; // another link, opened in the same tab
    });
    await forwarded.waitForSelector("::-p-text(This link does not work)");
    assert.equal(await forwarded.evaluate(() => location.hash), "");

    await button(provider, "Back").click();
    await button(provider, "Start call").click();
    await button(provider, "Admit").click();
    await Promise.all([seesMovingVideo(provider), seesMovingVideo(guest)]);
    await provider.waitForSelector("main p ::-p-text(Identity not confirmed)");
    await button(provider, "People").click();
    await provider.waitForSelector('[role="dialog"] ::-p-text(Identity not confirmed)');
    await isAccessible(provider, "somebody who is to be identified");
    await provider.setViewport(DESKTOP);
    await button(provider, "Confirm that this is Sam Lee").click();
    await provider.waitForFunction(
      () => !document.body.textContent?.includes("Identity not confirmed"),
    );

    await button(provider, "Invite by link").click();
    await provider.locator('[role="dialog"] input[maxlength="200"]').fill("Maria Ruiz");
    await provider.locator('input[type="email"]').fill("maria@example.net");
    await button(provider, "Send").click();
    await provider.waitForSelector("::-p-text(The link is on its way.)");
    await button(provider, "Back").click();
    await button(provider, "Take back the link of Maria Ruiz").wait();
    await isAccessible(provider, "links into a call");
    await provider.setViewport(DESKTOP);
    await button(provider, "Take back the link of Maria Ruiz").click();
    await provider.waitForSelector('[role="dialog"] li ::-p-text(Taken back)');

    await provider.evaluate(takeBack, id);
    await guest.waitForSelector("::-p-text(This link does not work any more)");
    await isAccessible(guest, "a link that was taken back", NARROW);
  });
});

/** Camera, microphone and network, tried before the call. @param {Page} guest */
async function checksIn(guest) {
  await button(guest, "Turn on camera and microphone").click();
  await guest.waitForSelector("::-p-text(Your microphone works.)");
  await button(guest, "Turn off camera and microphone").click();
  await button(guest, "Test the connection").click();
  await guest.waitForSelector("::-p-text(Your connection works)");
}

/** An appointment with Sam Lee that begins in two minutes. @param {Page} provider */
function book(provider) {
  return provider.evaluate(async () => {
    const { patients } = await (await fetch("/api/v1/telemedicine/patients")).json();
    const sam = patients.find((/** @type {{name: string}} */ { name }) => name === "Sam Lee");
    const made = await fetch("/api/v1/telemedicine/appointments", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        patient_id: sam.user_id,
        starts_at: new Date(Date.now() + 120_000).toISOString(),
        minutes: 10,
        time_zone: "Europe/Berlin",
      }),
    });
    return (await made.json()).appointment_id;
  });
}

/** Runs in the provider's page. @param {string} id */
async function takeBack(id) {
  const path = `/api/v1/telemedicine/appointments/${id}/links`;
  const { links } = await (await fetch(path)).json();
  await fetch(`${path}/${links[0].link_id}`, { method: "DELETE" });
}
