// A day of the practice, from the booking to the end of the call: a patient and an interpreter who
// come by links, and a provider who does the most important by keyboard alone. `make pictures`
// draws each state on a desk, a tablet and a phone, in both themes.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { isAccessible, prepare } from "./support/accessibility.js";
import { DESKTOP, chromium } from "./support/browser.js";
import { press, pressTool, tabTo } from "./support/keyboard.js";
import { Letters } from "./support/letters.js";
import { PROVIDER, accept, button, follow, signIn, withSmallCamera } from "./support/people.js";
import { moves, seesMovingVideo } from "./support/picture.js";
import { NOTICE } from "./support/recorded.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

const [ALEX, MARIA] = ["Alex Morgan", "Maria Oliveira"];
const [ALEX_WRITES, MARIA_WRITES] = ["alex@example.net", "maria@example.net"];
const TOPIC = "Follow-up on sleep";
/** A phone; no touch: switching that would reload the page. */
const PHONE = { width: 390, height: 844 };
const ANSWERS = "Answers to questionnaires";
const LINK = /http:\/\/localhost:\d+\/join#guest=[\w-]{43}/;
/** An appointment in the calendar. */
const BLOCK = "section button:not([aria-hidden])";
const TABLET = { width: 820, height: 1180 };
const LEAD_MS = 2 * 60_000;
const MINUTES = 10;

/** @type {Server} */ let server;
/** @type {Letters} */ let letters;
/** @type {import("puppeteer-core").Browser} */ let browser;
/** @type {string} */ let folder;

before(async () => {
  letters = await Letters.start();
  [server, browser, folder] = await Promise.all([
    Server.start({
      CARELAY_PRACTICE_NAME: "Riverside Practice",
      CARELAY_PRACTICE_COUNTRY: "DE",
      CARELAY_SMTP_HOST: "127.0.0.1",
      CARELAY_SMTP_PORT: String(letters.port),
      CARELAY_SMTP_SECURITY: "none",
      CARELAY_SMTP_SENDER: "desk@practice.example",
      CARELAY_SERVER_PUBLIC_URL: "{url}",
      CARELAY_CALLS_WARNING_MINUTES: "59", // of 60: a minute after the call began
    }),
    chromium(["--use-fake-device-for-media-stream=fps=8"]),
    mkdtemp(join(tmpdir(), "carelay-day-")),
  ]);
});
after(async () => {
  await browser?.close();
  await server?.remove();
  await letters?.close();
  await rm(folder, { recursive: true, force: true });
});

test("a day: booked, invited, waited for, admitted, talked, and ended", async () => {
  const provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
  await settlesIn(provider);
  await provider.evaluate(putOnRecord, ALEX, ALEX_WRITES);
  await provider.goto(server.url);
  const startsAt = await books(provider);
  await isInvited(startsAt);
  await sendsLink(provider);
  const patient = await comes((await letters.read("/join#guest")).text, PHONE, "a patient's link");
  await checksIn(patient);
  await admits(provider, patient);
  await readsAnswers(provider);
  const interpreter = await isJoined(provider, patient);
  await write(provider, patient);
  await goOffTheRecord(provider, patient);
  await areInCrisis(provider, patient);
  await goOn(provider, patient);
  await ends(provider, [provider, patient, interpreter]);
});

/**
 * By the clock of a place where it is morning, so that the day does not end meanwhile.
 * @param {Page} page
 */
async function settlesIn(page) {
  const offset = ((46 - new Date().getUTCHours()) % 24) - 12;
  await page.emulateTimezone(`Etc/GMT${offset > 0 ? "-" : "+"}${Math.abs(offset)}`);
  await prepare(page);
}

/**
 * In the calendar, for a moment that is near. Returns it, in ms since 1970.
 * @param {Page} provider
 */
async function books(provider) {
  await follow(provider, "Calendar");
  await button(provider, "New appointment").click();
  await provider.locator('[role="dialog"] button[aria-haspopup="listbox"]').click();
  await provider.locator(`[role="option"] ::-p-text(${ALEX})`).click();
  const at = await provider.evaluate(nearby, LEAD_MS);
  await provider.focus('input[type="date"]');
  await provider.keyboard.type(at.date);
  await provider.focus('input[type="time"]');
  await provider.keyboard.type(at.time);
  await provider.locator('input[type="number"]').fill(String(MINUTES));
  await provider.locator('input[maxlength="120"]').fill(TOPIC);
  await looks(provider, "booking");
  await button(provider, "Book").click();
  await shows(provider, "The appointment is booked.");
  await provider.waitForSelector(BLOCK);
  assert.deepEqual(await provider.$$eval(BLOCK, cutOff), []);
  await looks(provider, "calendar");
  return at.ms;
}

/** As the letter says it, which says nothing of health. @param {number} startsAt */
async function isInvited(startsAt) {
  const { to, subject, text, calendar } = await letters.read("text/calendar");
  assert.equal(to, ALEX_WRITES);
  assert.ok(calendar);
  const { method, uid, sequence, starts_at, ends_at, words } = calendar;
  assert.deepEqual({ method, sequence }, { method: "REQUEST", sequence: 0 });
  assert.deepEqual([starts_at, ends_at], [startsAt, startsAt + MINUTES * 60_000]);
  assert.ok(uid);
  const said = `${subject} ${text} ${words}`;
  assert.match(said, /Riverside Practice/);
  for (const secret of [TOPIC, "Morgan", "Rivera"]) assert.ok(!said.includes(secret), secret);
}

/** @param {Page} provider */
async function sendsLink(provider) {
  await provider.locator(BLOCK).click();
  await looks(provider, "appointment");
  await button(provider, "Guest links…").click();
  await shows(provider, "No link was made yet."); // the button below moves until then
  await button(provider, "Send a link").click();
  await looks(provider, "sending a link");
  await button(provider, "Send").click();
  await shows(provider, "The link is on its way.");
  await provider.keyboard.press("Escape");
}

/**
 * A guest, in by the link of a letter.
 * @param {string} text of the letter
 * @param {{width: number, height: number}} size
 * @param {string} state
 */
async function comes(text, size, state) {
  const [link] = text.match(LINK) ?? [];
  assert.ok(link, text);
  const page = await (await browser.createBrowserContext()).newPage();
  await settlesIn(page);
  await page.setViewport(size);
  await page.goto(link);
  await button(page, "Join").wait();
  await looks(page, state, size);
  await button(page, "Join").click();
  await shows(page, "You are in");
  await withSmallCamera(page);
  return page;
}

/** @param {Page} patient */
async function checksIn(patient) {
  await shows(patient, "Where are you now?");
  await looks(patient, "arrived", PHONE);
  await button(patient, "Turn on camera and microphone").click();
  await moves(patient, 'video[aria-label="Preview of your camera"]', 5);
  await shows(patient, "Your microphone works.");
  await button(patient, "Test the connection").click();
  await shows(patient, "Your connection works");
  await looks(patient, "checked in", PHONE);
  await button(patient, "Yes, I am here").click();
  await shows(patient, "Your provider can see where you are.");
  await shows(patient, "You have been waiting since");
}

/** By keyboard. @param {Page} provider @param {Page} patient */
async function admits(provider, patient) {
  await provider.goto(server.url);
  await withSmallCamera(provider);
  await shows(provider, "Waits since");
  await looks(provider, "somebody waits");
  await press(provider, `A line to ${ALEX}`);
  await provider.waitForSelector('[role="dialog"]');
  await press(provider, "Send");
  await shows(patient, "It takes five more minutes.");
  await looks(patient, "waiting room", PHONE);

  await press(provider, `Admit ${ALEX}`);
  await shows(provider, `${ALEX} is in the waiting room.`);
  await tabTo(provider, "Record this consultation");
  await provider.keyboard.press("Space");
  await looks(provider, "admitting");
  await press(provider, "Admit");
  await button(patient, "Accept").wait();
  await isSeen(patient, '[aria-label^="Consent text"]');
  await looks(patient, "asked for consent", PHONE);
  await accept(patient, { consent: true });
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  await button(provider, "Recording: Recording").wait();
  await looks(patient, "in the call, the patient", PHONE);
  await looks(provider, "in the call, the provider");
}

/** Who the patient is, and what they answered before, beside the video. @param {Page} provider */
async function readsAnswers(provider) {
  await button(provider, "People").click();
  await button(provider, `Confirm that this is ${ALEX}`).click();
  await isIdentified(provider);
  await looks(provider, "people");
  await provider.keyboard.press("Escape");
  await button(provider, ANSWERS).click();
  await provider.waitForSelector(`aside[aria-label="${ANSWERS}"] article`);
  await looks(provider, "intake beside the video");
  await provider.setViewport(TABLET);
  await isSeen(provider, 'button[aria-label="Hang up"]'); // the panel lies below the call
  await provider.setViewport(DESKTOP);
  await seesMovingVideo(provider, 5);
  await button(provider, ANSWERS).click();
}

/** The patient is, for the provider. @param {Page} provider */
function isIdentified(provider) {
  return provider.waitForFunction(
    () => !document.body.textContent?.includes("Identity not confirmed"),
  );
}

/** An interpreter, by a link into the call. @param {Page} provider @param {Page} patient */
async function isJoined(provider, patient) {
  await button(provider, "People").click();
  await button(provider, "Invite by link").click();
  await provider.locator('[role="dialog"] input[maxlength="200"]').fill(MARIA);
  await provider.locator('input[type="email"]').fill(MARIA_WRITES);
  await looks(provider, "inviting an interpreter");
  await button(provider, "Send").click();
  await shows(provider, "The link is on its way.");
  await provider.keyboard.press("Escape");
  const { text } = await letters.read(`To: ${MARIA_WRITES}`);
  const interpreter = await comes(text, DESKTOP, "an interpreter's link");
  await accept(interpreter, { consent: true });
  await isIdentified(provider);
  for (const page of [provider, patient]) {
    await page.bringToFront();
    await moves(page, `ul > li video[aria-label="${MARIA}"]`, 4);
    await button(page, "Recording: Recording").wait();
  }
  await looks(provider, "three in the call, the provider");
  await looks(patient, "three in the call, the patient", PHONE);
  await looks(interpreter, "three in the call, the interpreter");
  return interpreter;
}

/**
 * The provider by keyboard; the patient sends a file.
 * @param {Page} provider @param {Page} patient
 */
async function write(provider, patient) {
  await press(provider, "Chat");
  await provider.waitForSelector('aside[aria-label="Chat"] textarea:focus');
  await provider.keyboard.type("Could you send me the letter of your GP?");
  await provider.keyboard.press("Enter");
  await button(patient, "Chat, 1 new message").wait();
  await looks(patient, "a message has come", PHONE);
  await button(patient, "Chat, 1 new message").click();
  const path = join(folder, "letter-of-my-gp.pdf");
  await writeFile(path, `%PDF-1.7\n${"finding ".repeat(4000)}`);
  const [chooser] = await Promise.all([
    patient.waitForFileChooser(),
    button(patient, "Attach files").click(),
  ]);
  await chooser.accept([path]);
  await patient.locator("aside textarea").fill("Here it is. I hope that you can read it.");
  await button(patient, "Send").click();
  for (const page of [provider, patient]) {
    await page.waitForSelector('[role="log"] ::-p-text(letter-of-my-gp.pdf)');
    await page.waitForSelector('[role="log"] ::-p-text(PDF · 32)');
  }
  await looks(patient, "chat, the patient", PHONE);
  await looks(provider, "chat, the provider");
  await provider.keyboard.press("Escape");
  await patient.locator('button[aria-label="Close Chat"]').click();
}

/** And on it again. @param {Page} provider @param {Page} patient */
async function goOffTheRecord(provider, patient) {
  await button(patient, "Recording: Recording").click();
  await patient.setViewport(TABLET);
  await isSeen(patient, '[role="dialog"] p ::-p-text(If you stop the recording)');
  await looks(patient, "about the recording", PHONE);
  await patient.locator('[role="dialog"] ::-p-text(Go off the record)').click();
  await button(provider, "Recording: Off the record").wait();
  await patient.locator(NOTICE).wait();
  await looks(patient, "off the record, the patient", PHONE);
  await looks(provider, "off the record, the provider");
  await patient.locator(NOTICE).click();
  await Promise.all(
    [provider, patient].map((page) => button(page, "Recording: Recording").wait()),
  );
}

/** @param {Page} provider @param {Page} patient */
async function areInCrisis(provider, patient) {
  await button(patient, "Emergency").click();
  await looks(patient, "asked whether to raise the alarm", PHONE);
  await button(patient, "Yes, raise the alarm").click();
  await shows(patient, "This call does not end by itself.");
  await looks(patient, "a crisis, the patient", PHONE);
  await shows(provider, "There is an emergency"); // the panel opens by itself
  await provider.waitForSelector('aside a[href="tel:112"]');
  await provider.locator("label ::-p-text(Asked whether they are in danger now)").click();
  await shows(provider, "Done: Asked whether they are in danger now");
  await looks(provider, "a crisis, the provider");
  await button(provider, "Safety").click();
  await looks(provider, "a crisis without its panel");
  await button(provider, "Safety").click();
  await button(provider, "The emergency is over").click();
  await button(provider, "Yes, it is over").click();
  await button(provider, "Raise the alarm").wait();
  await button(provider, "Safety").click();
  await patient.waitForFunction(
    () => !document.body.textContent?.includes("Emergency raised by"),
  );
}

/** By keyboard. @param {Page} provider @param {Page} patient */
async function goOn(provider, patient) {
  // A minute after the call began, and as much later as the crisis has lasted.
  const warned = (/** @type {Page} */ page) =>
    page.waitForSelector("::-p-text(This call ends in)", { timeout: 120_000 });
  await Promise.all([provider, patient].map(warned));
  await looks(provider, "a call that is to end, the provider");
  await looks(patient, "a call that is to end, the patient", PHONE);
  await press(provider, "Extend by 15 minutes");
  for (const page of [provider, patient])
    await page.waitForSelector("::-p-text(This call ends in)", { hidden: true });
}

/** By keyboard. @param {Page} provider @param {Page[]} everybody */
async function ends(provider, everybody) {
  await pressTool(provider, "Hang up");
  await provider.waitForSelector('[role="alertdialog"]');
  await looks(provider, "asked whether to end");
  await press(provider, "End call");
  for (const [index, page] of everybody.entries()) {
    await shows(page, "The call has ended");
    const who = ["the provider", "the patient", "the interpreter"][index];
    await looks(page, `ended, ${who}`, index === 1 ? PHONE : DESKTOP);
  }
  await provider.keyboard.press("Enter"); // the way on has the focus
  await shows(provider, "Held");
  await looks(provider, "the day afterwards");
}

/**
 * Everything that is shown now, as everybody may see it.
 * @param {Page} page @param {string} state @param {{width: number, height: number}} [size] of
 * whoever uses it
 */
async function looks(page, state, size = DESKTOP) {
  await isAccessible(page, state);
  await page.setViewport(size);
}

/** @param {Page} page @param {string} words */
function shows(page, words) {
  return page.waitForSelector(`::-p-text(${words})`);
}

/** Waits until nothing lies over it. @param {Page} page @param {string} selector */
async function isSeen(page, selector) {
  const found = await page.waitForSelector(selector);
  await page.waitForFunction(
    (element) => {
      if (!element) return false;
      const { top, bottom, left, right } = element.getBoundingClientRect();
      const x = (left + right) / 2;
      const seen = [top + 3, bottom - 3].map((y) => document.elementFromPoint(x, y));
      return seen.every((one) => one && (one === element || element.contains(one)));
    },
    {},
    found,
  );
}

/** Runs in the page: those whose words are not whole. @param {Element[]} elements */
function cutOff(elements) {
  return elements
    .filter(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight)
    .map(({ textContent }) => textContent);
}

/**
 * Runs in the page: a minute that begins soon, as fields of an English form take it.
 * @param {number} lead in ms
 */
function nearby(lead) {
  const at = new Date(Math.floor((Date.now() + lead) / 60_000) * 60_000);
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const half = at.getHours() < 12 ? "AM" : "PM";
  return {
    ms: at.getTime(),
    date: `${two(at.getMonth() + 1)}${two(at.getDate())}${at.getFullYear()}`,
    time: `${two(at.getHours() % 12 || 12)}${two(at.getMinutes())}${half}`,
  };
}

/** Runs in a provider's page. @param {string} name of a patient @param {string} email */
async function putOnRecord(name, email) {
  const { patients } = await (await fetch("/api/v1/telemedicine/patients")).json();
  const { user_id } = patients.find((/** @type {{name: string}} */ one) => one.name === name);
  const reply = await fetch(`/api/v1/telemedicine/patients/${user_id}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      name,
      email,
      address: ["Unter den Linden 5", "Berlin"],
      phone: "+491701234567",
      contact: { name: "Robin Morgan", phone: "+491707654321", relationship: "Sister" },
    }),
  });
  if (!reply.ok) throw new Error(await reply.text());
}
