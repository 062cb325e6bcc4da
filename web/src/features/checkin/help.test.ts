import { expect, test } from "vitest";
import { surroundingsOf } from "./browser";
import { helpFor } from "./help";

const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
const ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8)";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)";
const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
const SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15";
const MOBILE_SAFARI =
  "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

const AGENTS = [
  [`${WINDOWS} ${CHROME}`, "chrome", "desktop", "checkin.help.denied.chrome"],
  [`${WINDOWS} ${CHROME} Edg/126.0.0.0`, "edge", "desktop", "checkin.help.denied.edge"],
  [`${MAC} ${SAFARI}`, "safari", "desktop", "checkin.help.denied.safari"],
  [
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "firefox",
    "desktop",
    "checkin.help.denied.firefox",
  ],
  [`${ANDROID} ${CHROME}`, "chrome", "android", "checkin.help.denied.androidChrome"],
  [`${ANDROID} ${CHROME} EdgA/126.0.0.0`, "edge", "android", "checkin.help.denied.androidChrome"],
  [
    "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0",
    "firefox",
    "android",
    "checkin.help.denied.androidFirefox",
  ],
  [`${IPHONE} ${MOBILE_SAFARI}`, "safari", "ios", "checkin.help.denied.iosSafari"],
  [
    `${IPHONE} AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1`,
    "chrome",
    "ios",
    "checkin.help.denied.iosApp",
  ],
  [`${WINDOWS} ${CHROME} OPR/112.0.0.0`, "other", "desktop", "checkin.help.denied.other"],
  ["", "other", "desktop", "checkin.help.denied.other"],
] as const;

test.each(AGENTS)("%s", (agent, browser, machine, help) => {
  expect(surroundingsOf(agent)).toEqual({ browser, machine });
  expect(helpFor("permission_denied", { browser, machine })).toBe(help);
});

test("an iPad says it is a Mac, and has a touch screen", () => {
  expect(surroundingsOf(`${MAC} ${SAFARI}`, 5)).toEqual({ browser: "safari", machine: "ios" });
  expect(surroundingsOf(`${MAC} ${SAFARI}`, 0).machine).toBe("desktop");
});

test("denied, missing, busy and blocked each have their own help, for a phone another", () => {
  const desktop = surroundingsOf(`${WINDOWS} ${CHROME}`);
  const phone = surroundingsOf(`${ANDROID} ${CHROME}`);
  const codes = [
    "permission_denied",
    "permission_denied_by_system",
    "permission_denied_by_policy",
    "no_device",
    "device_busy",
    "insecure_context",
    "unsupported",
  ] as const;
  expect(new Set(codes.map((code) => helpFor(code, desktop))).size).toBe(codes.length);
  for (const code of ["permission_denied", "no_device", "device_busy"] as const)
    expect(helpFor(code, phone)).not.toBe(helpFor(code, desktop));
  expect(helpFor("device_lost", desktop)).toBe(helpFor("no_device", desktop));
});
