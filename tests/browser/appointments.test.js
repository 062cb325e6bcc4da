// Appointments: made, moved, cancelled and taken back in the provider's calendar, by mouse and by
// keyboard; read by the patient; and the call for one.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, accept, button, follow, hangUp, signIn } from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const BLOCK = "section button:not([aria-hidden])";

describe("appointments", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {Page} */ let provider;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(), chromium()]);
    provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await prepare(provider);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
  });

  test("is booked, moved by keyboard and mouse, cancelled, with ways back", async () => {
    await follow(provider, "Calendar");
    await emptyWeek(provider);
    await book(provider, "Sam Lee");
    await shows(provider, "The appointment is booked.");
    await isAccessible(provider, "a week with an appointment");
    await book(provider, "Jordan Kim");
    await shows(provider, "You already have an appointment from");
    await isAccessible(provider, "an appointment that clashes");
    await button(provider, "Cancel").click();
    await gone(provider, '[role="dialog"]');

    const before = await place(provider);
    await provider.focus(BLOCK);
    await provider.keyboard.down("Alt");
    await provider.keyboard.press("ArrowDown");
    await provider.keyboard.up("Alt");
    await shows(provider, "Move the appointment with Sam Lee");
    await button(provider, "Move").click();
    await shows(provider, "The appointment was moved.");
    await provider.waitForFunction(
      (y, block) => document.querySelector(block)?.getBoundingClientRect().y !== y,
      {},
      before.y,
      BLOCK,
    );
    await button(provider, "Undo").click();
    await shows(provider, "Taken back.");

    const from = await place(provider);
    await provider.mouse.move(from.x + 20, from.y + 8);
    await provider.mouse.down();
    await provider.mouse.move(from.x + 20 + from.width, from.y + 70, { steps: 5 });
    await provider.mouse.up();
    await shows(provider, "Move the appointment with Sam Lee");
    await isAccessible(provider, "where an appointment is dragged to");
    await button(provider, "Move").click();
    await shows(provider, "The appointment was moved.");

    await provider.locator(BLOCK).click();
    await isAccessible(provider, "an appointment");
    await button(provider, "Cancel appointment…").click();
    await shows(provider, "Cancel this appointment?");
    await cancelled(provider);
    await gone(provider, BLOCK);
    await button(provider, "Undo").click();
    await provider.locator(BLOCK).wait();
  });

  test("a phone shows a day, and the patient an agenda", async () => {
    const phone = await signIn(browser, server.url, PROVIDER, DESKTOP);
    await prepare(phone);
    await phone.goto(`${server.url}/calendar`);
    await button(phone, "New appointment").wait();
    await button(phone, "Day").click();
    await isAccessible(phone, "a day");
    await fits(phone);
    const patient = await signIn(browser, server.url, "sam.lee", DESKTOP);
    await prepare(patient);
    await shows(patient, "Your next appointment");
    await isAccessible(patient, "the next appointment");
    await follow(patient, "All appointments");
    await patient.waitForSelector("h1 ::-p-text(Appointments)");
    await shows(patient, "Dr. Elena Rivera");
    await isAccessible(patient, "an agenda");
    await fits(patient);
  });

  test("a call for one begins at today's list, and fulfils it", async () => {
    await bookNow(provider);
    await provider.goto(server.url);
    const patient = await signIn(browser, server.url, PATIENT, DESKTOP);
    await provider.locator('button[aria-label^="Start call with Alex Morgan at"]').click();
    await button(provider, "Call now").click();
    await accept(patient);
    await provider.waitForSelector('[data-call-phase="active"]');
    await hangUp(provider);
    await provider.goto(server.url);
    await shows(provider, "Held");
    await isAccessible(provider, "a start page with today's appointments");
  });

  test("the private address of a calendar is shown once, and can be taken back", async () => {
    await provider.goto(`${server.url}/calendar`);
    await button(provider, "Private address of this calendar").click();
    await button(provider, "Make an address").click();
    await provider.waitForSelector("input[readonly]");
    const address = await provider.$eval("input[readonly]", (field) =>
      /** @type {HTMLInputElement} */ (field).value,
    );
    assert.match(address, /\/calendar\/[\w-]{43}\.ics$/);
    await isAccessible(provider, "a private address");
    assert.match(await (await fetch(address)).text(), /SUMMARY:Busy/);
    await button(provider, "Take it back").click();
    await button(provider, "Make an address").wait();
    assert.equal((await fetch(address)).status, 404);
  });
});

/** To a week in which the demo has nothing. @param {Page} page */
async function emptyWeek(page) {
  for (let week = 0; week < 3; week++) await button(page, "Next week").click();
}

/** At nine on Monday of the week that is shown. @param {Page} page @param {string} name */
async function book(page, name) {
  await button(page, "New appointment").click();
  await page.locator('[role="dialog"] button[aria-haspopup="listbox"]').click();
  await page.locator(`[role="option"] ::-p-text(${name})`).click();
  await button(page, "Book").click();
}

/** One that began a moment ago, as another system of the practice books it. @param {Page} page */
async function bookNow(page) {
  const status = await page.evaluate(async () => {
    const list = await (await fetch("/api/v1/telemedicine/patients")).json();
    const alex = list.patients.find((/** @type {any} */ one) => one.name === "Alex Morgan");
    const body = {
      patient_id: alex.user_id,
      starts_at: new Date(Date.now() - 60_000).toISOString(),
      minutes: 5,
      time_zone: "UTC",
    };
    const headers = { "Content-Type": "application/json" };
    const options = { method: "POST", headers, body: JSON.stringify(body) };
    return (await fetch("/api/v1/telemedicine/appointments", options)).status;
  });
  assert.equal(status, 200);
}

/** By the keyboard: a second press of the mouse here is ignored. @param {Page} page */
async function cancelled(page) {
  const confirm = await button(page, "Cancel appointment").waitHandle();
  await confirm.press("Enter");
  await shows(page, "The appointment was cancelled.");
}

/** Of the one appointment that the week has. @param {Page} page */
async function place(page) {
  const block = await page.waitForSelector(BLOCK);
  const box = await block?.boundingBox();
  assert.ok(box);
  return box;
}

/** @param {Page} page @param {string} words */
async function shows(page, words) {
  await page.waitForSelector(`::-p-text(${words})`);
}

/** @param {Page} page @param {string} selector */
async function gone(page, selector) {
  await page.waitForFunction((one) => !document.querySelector(one), {}, selector);
}

/** Nothing scrolls sideways on a phone. @param {Page} page */
async function fits(page) {
  await page.setViewport({ width: 390, height: 844 });
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
  await page.setViewport(DESKTOP);
}
