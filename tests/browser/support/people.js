// What the people of a call do in their browsers, by the names that they (and screen readers) see.

const PASSWORD = "demo-carelay";
export const PROVIDER = "dr.rivera";
export const PATIENT = "alex.morgan";
export const COMPLIANCE = "compliance";

/** @typedef {import("puppeteer-core").Page} Page */

/** Anything with this accessible name. @param {Page} page @param {string} name @param {string} [role] */
export function named(page, name, role) {
  return page.locator(`::-p-aria([name="${name}"]${role ? `[role="${role}"]` : ""})`);
}

/**
 * A page in a window of its own (cookies are not shared), signed in.
 * @param {import("puppeteer-core").Browser} browser @param {string} url @param {string} username
 * @param {import("puppeteer-core").Viewport} [viewport]
 */
export async function signIn(browser, url, username, viewport = { width: 1280, height: 800 }) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport(viewport);
  page.on("pageerror", (error) => console.error(`${username}: ${error}`));
  await page.goto(`${url}/login`);
  await named(page, "User name", "textbox").fill(username);
  await page.locator('input[type="password"]').fill(PASSWORD);
  await named(page, "Sign in", "button").click();
  await named(page, "Main", "navigation").wait();
  return page;
}

/** @param {Page} provider @param {string} patient @param {{recording?: boolean}} [options] */
export async function startCall(provider, patient, { recording = false } = {}) {
  await named(provider, `Start call with ${patient}`, "button").click();
  if (recording) await choose(provider, "Record this consultation");
  await named(provider, "Call now", "button").click();
}

/** @param {Page} patient @param {{consent?: boolean}} [options] none where no recording is asked for */
export async function accept(patient, { consent } = {}) {
  await named(patient, "Accept", "button").wait();
  if (consent !== undefined) {
    const choice = consent ? "Yes, I consent to the recording" : "No, do not record";
    await choose(patient, choice);
  }
  await named(patient, "Accept", "button").click();
}

/** A switch or radio button, by the words beside it. @param {Page} page @param {string} words */
async function choose(page, words) {
  await page.locator(`label ::-p-text(${words})`).click();
}

/** @param {Page} page */
export async function hangUp(page) {
  await pressControl(page, "Hang up");
  await named(page, "End call", "button").click();
}

/** A button of the call's controls; their names carry a shortcut behind. @param {Page} page @param {string} label */
export async function pressControl(page, label) {
  await page.locator(`button[aria-label^="${label}"]`).click();
}
