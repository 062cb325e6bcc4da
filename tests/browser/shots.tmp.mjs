import { mkdir } from "node:fs/promises";
const base = "/work/wt/theme/tests/browser/support/";
const { chromium } = await import(base + "browser.js");
const P = await import(base + "people.js");
const { seesMovingVideo } = await import(base + "picture.js");
const { Server } = await import(base + "server.js");
const OUT = "/tmp/shots"; await mkdir(OUT, { recursive: true });
const server = await Server.start({ CARELAY_RELAY_ENGINE_THREADS: "2" });
const browser = await chromium();
async function shot(page, name) {
  await page.bringToFront();
  for (const theme of ["light", "dark"]) for (const width of [1280, 390]) {
    await page.setViewport({ width, height: width === 390 ? 844 : 800 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await new Promise((r) => setTimeout(r, 350));
    await page.screenshot({ path: `${OUT}/${name}-${theme}-${width}.png` });
  }
  await page.setViewport({ width: 1280, height: 800 });
  console.log(name);
}
const step = async (name, f) => { try { await f(); } catch (e) { console.log("FAILED", name, String(e).slice(0, 200)); } };
const shows = (page, w) => page.waitForSelector(`::-p-text(${w})`, { timeout: 15000 });
try {
  const anon = await (await browser.createBrowserContext()).newPage();
  await anon.goto(server.url + "/login"); await P.button(anon, "Sign in").wait(); await P.button(anon, "Sign in").click();
  await step("login", () => shot(anon, "login"));
  const D = { width: 1280, height: 800 };
  const provider = await P.signIn(browser, server.url, P.PROVIDER, D);
  const patient = await P.signIn(browser, server.url, P.PATIENT, D);
  await step("home", async () => { await shows(provider, "Alex Morgan"); await shot(provider, "provider"); });
  await step("menu", async () => { await provider.locator('header button[aria-haspopup="true"]').click(); await provider.waitForSelector('[role="menu"]'); await shot(provider, "menu"); await provider.keyboard.press("Escape"); });
  await step("check", async () => { await P.button(patient, "Start the check").click(); await shows(patient, "Your camera works."); await shot(patient, "waiting"); });
  await step("start", async () => { await P.button(provider, "Start call with Alex Morgan").click(); await P.button(provider, "Call now").wait(); await shot(provider, "start"); await provider.keyboard.press("Escape"); });
  await P.startCall(provider, "Alex Morgan", { recording: true });
  await step("ringing", async () => { await shows(provider, "Calling"); await shot(provider, "ringing"); });
  await step("invitation", async () => { await P.button(patient, "Accept").wait(); await shot(patient, "invitation"); });
  await P.accept(patient, { consent: true });
  await Promise.all([seesMovingVideo(provider), seesMovingVideo(patient)]);
  await step("call", () => shot(patient, "call"));
  await step("consent", async () => { await P.button(patient, "Recording: Recording").click(); await patient.waitForSelector('[role="dialog"]'); await shot(patient, "consent"); await patient.keyboard.press("Escape"); });
  await step("devices", async () => { await P.button(patient, "Microphone, camera, speaker").click(); await patient.waitForSelector('[role="dialog"]'); await shot(patient, "devices"); await patient.keyboard.press("Escape"); });
  await step("hangup", async () => { await P.button(provider, "Hang up").click(); await P.button(provider, "Stay in the call").wait(); await shot(provider, "hangup"); await P.button(provider, "Stay in the call").click(); });
  const ops = await P.signIn(browser, server.url, "ops", D);
  await step("ops", async () => { await ops.waitForSelector("table"); await shows(ops, "Batches by forwarding delay"); await new Promise((r) => setTimeout(r, 8000)); await shot(ops, "ops"); await ops.evaluate(() => scrollTo(0, 700)); await shot(ops, "ops2"); });
  const admin = await P.signIn(browser, server.url, "admin", D);
  await step("emergency", async () => { await P.button(patient, "Emergency").click(); await P.button(patient, "Yes, raise the alarm").wait(); await shot(patient, "alarm"); await P.button(patient, "Yes, raise the alarm").click(); await shows(provider, "Emergency raised by Alex Morgan"); await shot(provider, "emergency"); await shot(admin, "emergency-admin"); });
  await step("running", async () => { const second = await patient.browserContext().newPage(); await second.goto(server.url); await shows(second, "is still running"); await shot(second, "running"); await second.close(); });
  await P.hangUp(provider); await shows(provider, "The call has ended");
  await step("ended", () => shot(provider, "ended"));
  await provider.goto(server.url + "/history"); await provider.waitForSelector("table time"); await step("history", () => shot(provider, "history"));
  const comp = await P.signIn(browser, server.url, P.COMPLIANCE, D);
  await step("recordings", async () => { await shows(comp, "Alex Morgan"); await shot(comp, "recordings"); });
  await comp.locator("a ::-p-text(Alex Morgan)").click(); await P.button(comp, "Open and play").wait();
  await step("recording", () => shot(comp, "recording"));
  await P.button(comp, "Open and play").click(); await P.button(comp, "Pause").wait();
  await step("player", () => shot(comp, "player"));
  await comp.locator('button[aria-label^="Download"]').click(); await comp.waitForSelector('[role="alertdialog"]'); await step("download", () => shot(comp, "download"));
  await comp.goto(server.url + "/nowhere"); await shows(comp, "Page not found"); await step("nowhere", () => shot(comp, "nowhere"));
} finally { await browser.close(); await server.remove(); }
