// What a phone on a slow network has to load before anybody can sign in, and for a call.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { chromium } from "./support/browser.js";
import { PROVIDER, button, signIn, startCall } from "./support/people.js";
import { Server } from "./support/server.js";

const MOST_BYTES = 120_000;
/** Before what blurs a background and what is opened beside it. */
const MOST_CALL_BYTES = 200_000;
const OF_SIGNING_IN = /\/(libraries|start|rolldown-runtime|early)-/;

/** @type {Server} */ let server;
/** @type {import("puppeteer-core").Browser} */ let browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), chromium()]);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

for (const path of ["/login", "/", "/recordings/r-1"])
  test(`signing in takes at most ${MOST_BYTES} bytes over the wire, asked for at ${path}`, async (context) => {
    const page = await (await browser.createBrowserContext()).newPage();
    const session = await page.createCDPSession();
    await session.send("Network.enable");
    /**
     * @type
     *   {Map<string, {url: string, headers: number, bytes: number, coding: string | undefined}>}
     */
    const loaded = new Map();
    session.on("Network.responseReceived", ({ requestId, response }) => {
      const { url, headers, encodedDataLength } = response;
      loaded.set(requestId, {
        url,
        headers: encodedDataLength,
        bytes: 0,
        coding: headers["Content-Encoding"],
      });
    });
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const one = loaded.get(requestId);
      if (one) one.bytes = Math.max(0, encodedDataLength - one.headers);
    });
    await page.goto(`${server.url}${path}`, { waitUntil: "networkidle0" });
    await button(page, "Sign in").wait();
    await page.evaluate(() => document.fonts.ready);
    const rows = [...loaded.values()].sort((one, other) => other.bytes - one.bytes);
    for (const { url, bytes, headers, coding = "" } of rows)
      context.diagnostic(`${bytes} + ${headers} ${new URL(url).pathname} ${coding}`);
    const sum = rows.reduce((total, { bytes }) => total + bytes, 0);
    context.diagnostic(
      `${sum} + ${rows.reduce((total, { headers }) => total + headers, 0)} together`,
    );
    // What is smaller than this grows when it is packed.
    const text = rows.filter(({ url, bytes }) => /\.(js|css)$/.test(url) && bytes > 512);
    assert.deepEqual(new Set(text.map(({ coding }) => coding)), new Set(["br"]));
    assert.ok(sum > 50_000 && sum <= MOST_BYTES, `${sum} bytes`);
  });

test(`a call adds at most ${MOST_CALL_BYTES} bytes to signing in, packed by gzip`, async (context) => {
  const provider = await signIn(browser, server.url, PROVIDER);
  await startCall(provider, "Alex Morgan");
  await provider.waitForFunction(() => location.pathname.startsWith("/room/"));
  const page = await provider.browserContext().newPage();
  await page.setExtraHTTPHeaders({ "accept-encoding": "gzip" });
  const session = await page.createCDPSession();
  await session.send("Network.enable");
  /** @type {Map<string, {url: string, headers: number}>} */
  const pages = new Map();
  let [sum, added] = [0, 0];
  session.on("Network.responseReceived", ({ requestId, response }) => {
    const { url, encodedDataLength: headers } = response;
    if (/\.(js|css)$/.test(url)) pages.set(requestId, { url, headers });
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const { url = "", headers = 0 } = pages.get(requestId) ?? {};
    const bytes = url === "" ? 0 : Math.max(0, encodedDataLength - headers);
    sum += bytes;
    if (!OF_SIGNING_IN.test(url)) added += bytes;
    if (bytes > 1_024) context.diagnostic(`${bytes} ${new URL(url).pathname}`);
  });
  await page.goto(provider.url(), { waitUntil: "load" });
  await button(page, "Hang up").wait();
  context.diagnostic(`${sum} together, ${added} of it added`);
  assert.ok(added > 100_000 && added <= MOST_CALL_BYTES, `${added} bytes`);
  await provider.browserContext().close();
});
