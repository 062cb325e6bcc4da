// Real Chromium and Firefox with fake cameras, driven by puppeteer-core.

import { launch } from "puppeteer-core";

const CHROMIUM_FLAGS = [
  "--no-sandbox", // tests may run as root
  "--disable-gpu", // where there is none, imitating one costs a tenth of the time
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--auto-select-desktop-capture-source=Entire screen",
  "--autoplay-policy=no-user-gesture-required",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

const FIREFOX_PREFERENCES = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "media.autoplay.default": 0,
  "media.gmp-manager.updateEnabled": false,
};

/**
 * Driven through a pipe: a browser in another network namespace cannot be reached by any port.
 * @param {string[]} [flags] more of them
 * @param {string} [executablePath]
 * @returns {Promise<import("puppeteer-core").Browser>}
 */
export function chromium(flags = [], executablePath = "/usr/bin/chromium") {
  return launch({
    browser: "chrome",
    executablePath,
    pipe: true,
    args: [...CHROMIUM_FLAGS, ...flags],
  });
}

/**
 * @param {Record<string, unknown>} [preferences] more of them
 * @param {import("puppeteer-core").LaunchOptions} [options]
 * @returns {Promise<import("puppeteer-core").Browser>}
 */
export function firefox(preferences = {}, options = {}) {
  return launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    extraPrefsFirefox: { ...FIREFOX_PREFERENCES, ...preferences },
    ...options,
  });
}

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };
