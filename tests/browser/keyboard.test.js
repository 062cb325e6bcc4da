// A whole call without a mouse, from sign-in to the end.

import { test } from "node:test";

import { DESKTOP, chromium } from "./support/browser.js";
import { press, pressTool, tabTo } from "./support/keyboard.js";
import { PATIENT, PROVIDER, button } from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

test("a call can be made, answered and ended by keyboard alone", async (t) => {
  const [server, browser] = await Promise.all([Server.start(), chromium()]);
  t.after(async () => {
    await browser.close();
    await server.remove();
  });

  /** @param {string} username */
  async function signIn(username) {
    const page = await (await browser.createBrowserContext()).newPage();
    await page.setViewport(DESKTOP);
    await page.goto(`${server.url}/login`);
    await button(page, "Sign in").wait();
    await tabTo(page, "User name");
    await page.keyboard.type(username);
    await tabTo(page, "Password");
    await page.keyboard.type("demo-carelay");
    await page.keyboard.press("Enter");
    await page.waitForSelector('nav[aria-label="Main"]');
    return page;
  }

  const provider = await signIn(PROVIDER);
  const patient = await signIn(PATIENT);
  await button(provider, "Start call with Alex Morgan").wait();
  await press(provider, "Start call with Alex Morgan");
  await provider.waitForSelector('[role="dialog"]');
  await tabTo(provider, "Record this consultation");
  await provider.keyboard.press("Space");
  await press(provider, "Call now");

  await patient.waitForSelector('[role="alertdialog"]');
  await tabTo(patient, "Yes, I consent to the recording");
  await patient.keyboard.press("ArrowDown");
  await patient.keyboard.press("ArrowUp");
  await patient.keyboard.press("Space");
  await press(patient, "Accept");
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  await button(provider, "Recording: Recording").wait();

  await press(patient, "Mute");
  await provider.waitForSelector("::-p-text(Alex Morgan is muted)");
  await press(patient, "Emergency");
  await patient.waitForSelector('[role="alertdialog"]');
  await press(patient, "No, go back");
  await patient.waitForSelector('[role="alertdialog"]', { hidden: true });
  // It gets the focus back.
  await patient.waitForFunction(() => document.activeElement?.textContent?.trim() === "Emergency");
  await pressTool(patient, "Hang up");
  await patient.waitForSelector('[role="alertdialog"]');
  await press(patient, "End call");
  await Promise.all(
    [provider, patient].map((page) => page.waitForSelector("::-p-text(The call has ended)")),
  );
  await patient.keyboard.press("Enter"); // the way on has the focus
  await patient.waitForSelector('nav[aria-label="Main"]');
});
