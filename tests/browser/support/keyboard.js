// A page used without a mouse.

import assert from "node:assert/strict";

/** @typedef {import("puppeteer-core").Page} Page */

const MOST_TABS = 40;

/** What the focused control is called. @param {Page} page */
export function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === document.body) return "";
    const words =
      element?.getAttribute("aria-label") ??
      element?.closest("label")?.textContent ??
      element?.textContent;
    const [label] = element instanceof HTMLInputElement ? (element.labels ?? []) : [];
    return (label?.textContent ?? words ?? "").trim();
  });
}

/**
 * Moves on until a control has the focus.
 * @param {Page} page
 * @param {string} name how it is called, or how that begins
 */
export async function tabTo(page, name) {
  await page.bringToFront();
  const passed = [];
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    if ((await focused(page)).startsWith(name)) return;
    await page.keyboard.press("Tab");
    passed.push(await focused(page));
  }
  assert.fail(`${name} cannot be reached; passed: ${passed.join(" | ")}`);
}

/** @param {Page} page @param {string} name */
export async function press(page, name) {
  await tabTo(page, name);
  await page.keyboard.press("Enter");
}

/**
 * Something in the call's toolbar, to the right of what was last used there: the toolbar is one
 * stop of the tab key, and its arrows lead on.
 * @param {Page} page
 * @param {string} name
 */
export async function pressTool(page, name) {
  await page.bringToFront();
  for (let tabs = 0; !(await page.$('[role="toolbar"] :focus')); tabs++) {
    assert.ok(tabs < MOST_TABS, "the toolbar cannot be reached");
    await page.keyboard.press("Tab");
  }
  for (let arrows = 0; (await focused(page)) !== name; arrows++) {
    assert.ok(arrows < MOST_TABS, `${name} is not in the toolbar`);
    await page.keyboard.press("ArrowRight");
  }
  await page.keyboard.press("Enter");
}
