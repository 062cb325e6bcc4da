// Consent is to the words that the page showed: it sends back which they were.

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { DESKTOP, PHONE, chromium } from "./support/browser.js";
import { textsFolder, writeTexts } from "./support/consentTexts.js";
import {
  COMPLIANCE,
  PATIENT,
  PROVIDER,
  accept,
  button,
  follow,
  hangUp,
  signIn,
  startCall,
} from "./support/people.js";
import { Server } from "./support/server.js";

/** @typedef {import("puppeteer-core").Page} Page */

describe("the text of a consent", () => {
  /** @type {Server} */ let server;
  /** @type {import("puppeteer-core").Browser} */ let browser;
  /** @type {string} */ let texts;
  /** @type {Page} */ let provider;
  /** @type {Page} */ let patient;
  before(async () => {
    texts = await textsFolder({ en: "I agree to all of it.", de: "Ich stimme allem zu." });
    [server, browser] = await Promise.all([
      Server.start({ CARELAY_CONSENT_TEXTS_PATH: texts }),
      chromium(),
    ]);
    provider = await signIn(browser, server.url, PROVIDER, DESKTOP);
    patient = await signIn(browser, server.url, PATIENT, PHONE);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
    await rm(texts, { recursive: true, force: true });
  });

  test("that is no longer in force is asked for again, in the call as well", async () => {
    await server.stop();
    await writeTexts(texts, "2", { en: "I agree to some of it." });
    await server.serve();
    await startCall(provider, "Alex Morgan", { recording: true });
    await shows(patient, "I agree to all of it.");
    await accept(patient, { consent: true });
    await shows(patient, "The consent text has changed since this page was opened.");
    await shows(patient, "I agree to some of it.");
    assert.equal((await latestCall()).call_status, "initiated", "it still rings");
    await accept(patient, { consent: true });
    await button(provider, "Recording: Recording").wait();
    await hangUp(provider);
    await Promise.all([provider, patient].map((page) => button(page, "Close").click()));

    await server.stop();
    await writeTexts(texts, "3", { en: "I agree to a part of it." });
    await server.serve();
    await startCall(provider, "Alex Morgan", { recording: true });
    await shows(patient, "I agree to some of it.");
    await accept(patient, { consent: false }); // a no needs no words
    await button(patient, "Recording: Not recorded").click();
    await button(patient, "I agree to the recording").click();
    await shows(patient, "The consent text has changed since this page was opened.");
    await shows(patient, "I agree to a part of it.");
    await button(provider, "Recording: Not recorded").wait();
    await button(patient, "I agree to the recording").click();
    await button(provider, "Recording: Recording").wait();
    await hangUp(provider);
    await Promise.all([provider, patient].map((page) => button(page, "Close").click()));
  });

  test("is agreed to in the language that was chosen, and kept for compliance", async () => {
    await startCall(provider, "Alex Morgan", { recording: true });
    await patient.locator("::-p-aria(Language of this text)").wait();
    await patient.select("select", "de");
    await shows(patient, "Ich stimme allem zu.");
    await accept(patient, { consent: true });
    await button(patient, "Recording: Recording").click();
    await button(patient, "Stop the recording").click();
    await button(provider, "Recording: Not recorded").wait();
    await hangUp(provider);
    await shows(patient, "The call has ended");
    const withdrawal = (await latestConsents())[0];
    assert.deepEqual(
      [withdrawal.decision, withdrawal.language, withdrawal.text_confirmed],
      ["withdrawn", "de", false],
      "of the words that were agreed to, and no others were shown",
    );
    const compliance = await signIn(browser, server.url, COMPLIANCE, DESKTOP);
    await follow(compliance, "Alex Morgan");
    await shows(compliance, "recording, version 1 (de)");
    await shows(compliance, "The page confirmed that it showed exactly these words.");
    await compliance.locator('li:nth-child(2) ::-p-text(Read the text)').click();
    await compliance.waitForSelector('p[lang="de"] ::-p-text(Ich stimme allem zu.)', {
      visible: true,
    });
  });

  test("can be read by whoever agreed to it, and kept as a document", async () => {
    await patient.goto(`${server.url}/consents`);
    await shows(patient, "You agreed");
    await patient.waitForSelector('p[lang="de"] ::-p-text(Ich stimme allem zu.)');
    await shows(patient, "Version 1 of the text (de).");
    const link = await patient.waitForSelector("::-p-text(Download as PDF)");
    const [type, name, begin] = await patient.evaluate(async (/** @type {any} */ { href }) => {
      const reply = await fetch(href);
      const { headers } = reply;
      return [
        headers.get("content-type"),
        headers.get("content-disposition"),
        (await reply.text()).slice(0, 5),
      ];
    }, await link?.evaluateHandle((each) => each.closest("a")));
    assert.deepEqual([type, begin], ["application/pdf", "%PDF-"]);
    assert.match(String(name), /^attachment; filename="consent-\d{4}-\d\d-\d\d-\d+\.pdf"/);
  });

  async function latestConsents() {
    return (await (await (await server.as(PATIENT))("consents")).json()).consents;
  }

  async function latestCall() {
    const { calls } = await (await (await server.as(PROVIDER))("calls")).json();
    return calls[0];
  }
});

/** @param {Page} page @param {string} words */
async function shows(page, words) {
  await page.waitForSelector(`::-p-text(${words})`, { visible: true });
}
