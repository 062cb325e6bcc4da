/** Which browser this is, as far as its settings look different from those of others. Pure. */

export type Browser = "chrome" | "edge" | "firefox" | "safari" | "other";
export type Machine = "desktop" | "android" | "ios";

export interface Surroundings {
  browser: Browser;
  machine: Machine;
}

/** From `navigator.userAgent`; an iPad says it is a Mac, but Macs have no `touchPoints`. */
export function surroundingsOf(userAgent: string, touchPoints = 0): Surroundings {
  return { browser: browserOf(userAgent), machine: machineOf(userAgent, touchPoints) };
}

/** The more special name first: Edge says that it is Chrome, and Chrome that it is Safari. */
const NAMES: readonly (readonly [RegExp, Browser])[] = [
  [/\bEdg(e|A|iOS)?\//, "edge"],
  [/\b(OPR|OPT|SamsungBrowser|YaBrowser|DuckDuckGo)\//, "other"],
  [/\b(Firefox|FxiOS)\//, "firefox"],
  [/\b(HeadlessChrome|Chrome|CriOS|Chromium)\//, "chrome"],
  [/\bVersion\/\S+ (Mobile\/\S+ )?Safari\//, "safari"],
];

function browserOf(userAgent: string): Browser {
  return NAMES.find(([name]) => name.test(userAgent))?.[1] ?? "other";
}

function machineOf(userAgent: string, touchPoints: number): Machine {
  if (/iPhone|iPad|iPod/.test(userAgent)) return "ios";
  if (/Macintosh/.test(userAgent) && touchPoints > 1) return "ios";
  return /Android/.test(userAgent) ? "android" : "desktop";
}
