// What the people of a call do in their browsers, by the names that they (and screen readers) see.

const PASSWORD = "demo-carelay";
export const PROVIDER = "dr.rivera";
export const PATIENT = "alex.morgan";
export const COMPLIANCE = "compliance";
export const ADMIN = "admin";

/** @typedef {import("puppeteer-core").Page} Page */

/**
 * A button by the name that it shows or is read out as. (Firefox does not find all of them through
 * its accessibility tree.)
 * @param {Page} page
 * @param {string} name
 */
export function button(page, name) {
  return page.locator(
    `::-p-xpath(//button[normalize-space(.)="${name}" or @aria-label="${name}"])`,
  );
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
  await page.locator('input[autocomplete="username"]').fill(username);
  await page.locator('input[type="password"]').fill(PASSWORD);
  await button(page, "Sign in").click();
  await page.locator('nav[aria-label="Main"]').wait();
  return page;
}

/**
 * Follows a link once all that the page shows is loaded: what stands below a list moves when the
 * list comes, and a press would hit the place where it stood before.
 * @param {Page} page @param {string} words of the link
 */
export async function follow(page, words) {
  await page.waitForSelector(`a ::-p-text(${words})`);
  await page.waitForSelector('[role="status"].animate-pulse', { hidden: true });
  await page.locator(`a ::-p-text(${words})`).click();
}

/** @param {Page} provider @param {string} patient @param {{recording?: boolean}} [options] */
export async function startCall(provider, patient, { recording = false } = {}) {
  await button(provider, `Start call with ${patient}`).click();
  if (recording) await choose(provider, "Record this consultation");
  await button(provider, "Call now").click();
}

/**
 * @param {Page} patient
 * @param {{consent?: boolean}} [options] none where no recording is asked for
 */
export async function accept(patient, { consent } = {}) {
  await button(patient, "Accept").wait();
  if (consent !== undefined) {
    const choice = consent ? "Yes, I consent to the recording" : "No, do not record";
    await choose(patient, choice);
  }
  await button(patient, "Accept").click();
}

/** A switch or radio button, by the words beside it. @param {Page} page @param {string} words */
async function choose(page, words) {
  await page.locator(`label ::-p-text(${words})`).click();
}

/**
 * Opens the recording that the page tells of, because its patient asked for it.
 * @param {Page} page
 */
export async function openAndPlay(page) {
  await button(page, "Open and play").click();
  await choose(page, "The patient asked for it");
  await button(page, "Open recording").click();
}

/** @param {Page} page */
export async function hangUp(page) {
  await button(page, "Hang up").click();
  await button(page, "End call").click();
}

/**
 * The provider asks somebody into the call that runs. @param {Page} provider @param {string} name
 * @param {string} [side] where there is a choice of them
 */
export async function invite(provider, name, side) {
  await button(provider, "People").click();
  await button(provider, "Invite somebody").click();
  await choose(provider, name);
  if (side !== undefined) await choose(provider, side);
  await button(provider, "Invite").click();
  await provider.waitForSelector(
    `::-p-xpath(//li[contains(., "${name}") and contains(., "invited")])`,
  );
  await button(provider, "Close").click();
  await provider.waitForSelector('[role="dialog"]', { hidden: true });
}

/**
 * A camera of few pixels and pictures: six of the usual are too much for a small machine.
 * @param {Page} page
 */
export async function withSmallCamera(page) {
  await page.evaluate(() => {
    const devices = navigator.mediaDevices;
    const usual = devices.getUserMedia.bind(devices);
    const small = { width: 320, height: 180, frameRate: 8 };
    devices.getUserMedia = (wanted) => usual({ ...wanted, ...(wanted?.video && { video: small }) });
  });
}
