// What every state of every page owes its users, in both themes: no violation that axe-core knows,
// and no sideways scrolling on a phone. With PICTURES=/a/folder each of them is drawn there, to be
// looked at.

import assert from "node:assert/strict";
import { join } from "node:path";

import axe from "axe-core";

const { PICTURES } = process.env;

/** @typedef {import("puppeteer-core").Page} Page */

const WIDTHS = [1280, 390];
const HEIGHT = 844;
const THEMES = /** @type {const} */ (["light", "dark"]);
/** Axe's rules of a theme; all, if none are named. The dark one differs in colours only. */
const RULES = { light: [], dark: ["color-contrast", "link-in-text-block"] };

/**
 * Checks what the page shows now: wide and narrow, light and dark.
 * @param {Page} page
 * @param {string} state named in what is reported
 */
export async function isAccessible(page, state) {
  await page.bringToFront(); // nothing is drawn in a window that is hidden
  for (const width of WIDTHS) {
    // No touch: switching that would reload the page.
    await page.setViewport({ width, height: HEIGHT });
    for (const theme of THEMES) {
      await emulate(page, theme);
      await page.evaluate(settled);
      if (PICTURES)
        await page.screenshot({
          path: join(PICTURES, `${state.replaceAll("/", " ")} ${theme} ${width}.png`),
        });
      const wrong = await page.evaluate(violations, RULES[theme]);
      if (theme === "light") wrong.push(...(await page.evaluate(overflow)));
      assert.deepEqual(wrong, [], `${state}, ${width} px wide, ${theme}`);
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
  const found = await axe.run(
    { exclude: ['[data-overlay-container]:has([role="tooltip"])'] },
    options,
  );
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
