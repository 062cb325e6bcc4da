// What every state of every page owes its users, in both themes: no violation that axe-core knows,
// and no sideways scrolling on a phone. With PICTURES=/a/folder each of them is drawn there, to be
// looked at.

import assert from "node:assert/strict";
import { join } from "node:path";

import axe from "axe-core";

const { PICTURES } = process.env;

/** @typedef {import("puppeteer-core").Page} Page */

/** A desk, and a phone as it is mostly held; to be looked at, a tablet as well. */
const SIZES = [
  { width: 1280, height: 844 },
  ...(PICTURES ? [{ width: 820, height: 1180 }] : []),
  { width: 390, height: 844 },
];
/** A phone held sideways, where a call has little height; its colours are those of the others. */
const SIDEWAYS = { width: 844, height: 390 };
export const WITH_SIDEWAYS = [...SIZES, SIDEWAYS];
/** Where there is least room, for what takes long to look at. */
export const PHONE = SIZES.slice(-1);
export const PHONES = [...PHONE, SIDEWAYS];
const THEMES = /** @type {const} */ (["light", "dark"]);
/** Axe's rules of a theme; all, if none are named. The dark one differs in colours only. */
const RULES = { light: [], dark: ["color-contrast", "link-in-text-block"] };

/**
 * Checks what the page shows now: wide and narrow, light and dark.
 * @param {Page} page
 * @param {string} state named in what is reported
 * @param {{width: number, height: number}[]} [sizes]
 */
export async function isAccessible(page, state, sizes = SIZES) {
  await page.bringToFront(); // nothing is drawn in a window that is hidden
  for (const size of sizes) {
    // No touch: switching that would reload the page.
    await page.setViewport(size);
    for (const theme of size === SIDEWAYS ? THEMES.slice(0, 1) : THEMES) {
      await emulate(page, theme);
      await page.evaluate(settled);
      if (PICTURES)
        await page.screenshot({
          path: join(PICTURES, `${state.replaceAll("/", " ")} ${theme} ${size.width}.png`),
        });
      const wrong = await page.evaluate(violations, RULES[theme]);
      if (theme === "light") wrong.push(...(await page.evaluate(overflow)));
      assert.deepEqual(wrong, [], `${state}, ${size.width} px wide, ${theme}`);
    }
  }
}

/** @param {Page} page @param {string} theme of the system; movements end at once */
function emulate(page, theme) {
  return page.emulateMediaFeatures([
    { name: "prefers-reduced-motion", value: "reduce" },
    { name: "prefers-color-scheme", value: theme },
  ]);
}

/** Makes axe known to every document of the page, and movements end at once. @param {Page} page */
export async function prepare(page) {
  await emulate(page, "light");
  await page.evaluateOnNewDocument(axe.source);
  await page.evaluate(axe.source);
}

/** Runs in the page: colours and places are those that stay. */
async function settled() {
  await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
  const passing = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
  await Promise.allSettled(passing.map(({ finished }) => finished));
}

/** Runs in the page. @param {string[]} rules all, if none are named @returns {Promise<string[]>} */
async function violations(rules) {
  const { axe } = /** @type {{axe: typeof import("axe-core")}} */ (/** @type {unknown} */ (window));
  /** @type {import("axe-core").RunOptions} */
  const options =
    rules.length > 0
      ? { resultTypes: ["violations"], runOnly: rules }
      : { resultTypes: ["violations"] };
  // A call behind a dialog cannot be scrolled, and need not be by keyboard.
  const behind = '[data-call-phase]:has(> [inert], > [aria-hidden="true"])';
  const tooltip = '[data-overlay-container]:has([role="tooltip"])';
  const found = await axe.run({ exclude: [tooltip, behind] }, options);
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

/** Runs in the page: what reaches beyond its right edge. @returns {string[]} */
function overflow() {
  const { scrollWidth, clientWidth } = document.documentElement;
  const beyond = [
    ...document.querySelectorAll("a, button, input:not([type=range]), h1, h2, p"),
  ].filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    const scrolled = element.closest(".overflow-x-auto") !== null;
    return width > 1 && !scrolled && (right > clientWidth + 1 || left < -1);
  });
  const wide = scrollWidth > clientWidth ? [`the page is ${scrollWidth} px wide`] : [];
  return [...wide, ...beyond.map((element) => `out of sight: ${element.outerHTML.slice(0, 200)}`)];
}
