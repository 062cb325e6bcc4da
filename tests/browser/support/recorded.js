// A recording to look at: a call that is over.

import { DESKTOP } from "./browser.js";
import {
  PATIENT,
  PROVIDER,
  accept,
  button,
  hangUp,
  invite,
  signIn,
  startCall,
  withSmallCamera,
} from "./people.js";
import { seesMovingVideo } from "./picture.js";

/** By which somebody who is off the record is told so. */
export const NOTICE = '::-p-xpath(//div[p]/button[normalize-space(.)="Go back on the record"])';

/**
 * @typedef {object} Third Somebody else who can sign in, and comes into the call as an interpreter.
 * @property {string} username
 * @property {string} name
 */

/**
 * A recorded call in which each sees so many pictures of the other one; with a third one, who has
 * gone off the record meanwhile and come back.
 * @param {import("puppeteer-core").Browser} browser @param {string} url @param {number} frames
 * @param {Third} [third]
 */
export async function recordCall(browser, url, frames, third) {
  const names = [PROVIDER, PATIENT, ...(third ? [third.username] : [])];
  const pages = await Promise.all(names.map((name) => signIn(browser, url, name, DESKTOP)));
  const [provider, patient, guest] = /** @type {import("puppeteer-core").Page[]} */ (pages);
  if (!provider || !patient) throw new Error("nobody signed in");
  if (third) for (const page of pages) await withSmallCamera(page);
  await startCall(provider, "Alex Morgan", { recording: true });
  await accept(patient, { consent: true });
  await button(provider, "Recording: Recording").wait();
  await Promise.all([seesMovingVideo(provider, frames), seesMovingVideo(patient, frames)]);
  if (third && guest) {
    await invite(provider, third.name, "Interpreter");
    await accept(guest, { consent: true });
    await recorded(pages);
    await seesMovingVideo(guest, frames);
    await button(guest, "Go off the record").click();
    await button(provider, "Recording: Off the record").wait();
    await guest.locator(NOTICE).click();
    await recorded(pages);
    await seesMovingVideo(guest, 2 * frames);
  }
  await hangUp(provider);
  await patient.waitForSelector("::-p-text(The call has ended)");
  await Promise.all(pages.map((page) => page.browserContext().close()));
}

/** @param {import("puppeteer-core").Page[]} pages */
async function recorded(pages) {
  await Promise.all(pages.map((page) => button(page, "Recording: Recording").wait()));
}
