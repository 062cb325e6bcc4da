import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Pair = readonly [light: string, dark: string];

function table(name: string): Map<string, Pair> {
  const css = readFileSync(new URL(name, import.meta.url), "utf8");
  const rows = css.matchAll(
    /--color-([\w-]+): (?:light-dark\((#[\da-f]{6}), (#[\da-f]{6})\)|(#[\da-f]{6}));/g,
  );
  return new Map(
    [...rows].map(([, token = "", light = "", dark = "", both]) => [
      token,
      pair(light, dark, both),
    ]),
  );
}

const pair = (light: string, dark: string, both: string | undefined): Pair =>
  both === undefined ? [light, dark] : [both, both];

const tokens = table("tokens.css");

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

/** What has less contrast than `least` on one of `grounds`, in either theme. */
function weak(
  least: number,
  colors: Map<string, Pair>,
  names: string[],
  grounds: string[],
): string[] {
  const at = (name: string) => colors.get(name) ?? tokens.get(name) ?? ["", ""];
  return names.flatMap((name) =>
    grounds.flatMap((ground) =>
      ([0, 1] as const)
        .map((theme) => [theme, contrast(at(name)[theme], at(ground)[theme])] as const)
        .filter(([, found]) => !(found >= least))
        .map(
          ([theme, found]) =>
            `${name} on ${ground}, ${["light", "dark"][theme]}: ${found.toFixed(2)}`,
        ),
    ),
  );
}

const GROUNDS = ["page", "surface", "raised"];

test.each([
  [["ink", "muted", "faint", "accent-ink"], [...GROUNDS]],
  [["ink", "muted"], ["subtle"]],
  [["ink", "muted", "accent-ink"], ["accent-subtle"]],
  [["accent-ink"], ["accent-tint"]],
  [["on-accent"], ["accent", "accent-hover", "accent-pressed"]],
  [["on-danger"], ["danger", "danger-hover", "danger-pressed"]],
  [["success-ink"], ["success-subtle"]],
  [["warning-ink"], ["warning-subtle"]],
  [["danger-ink"], ["danger-subtle", ...GROUNDS]],
  [
    ["on-brand", "on-brand-muted"],
    ["brand", "brand-raised"],
  ],
  [["on-inverse"], ["inverse", "inverse-hover", "inverse-pressed"]],
  [
    ["stage-strong", "stage-ink", "stage-muted", "stage-warning", "stage-danger"],
    ["stage", "stage-surface", "stage-raised"],
  ],
  [
    ["stage-strong", "stage-ink"],
    ["stage-control", "stage-control-hover"],
  ],
])("%j can be read on %j (WCAG 1.4.3)", (names, grounds) => {
  expect(weak(4.5, tokens, names, grounds)).toEqual([]);
});

test.each([
  [["line-strong", "focus", "accent", "success", "warning", "danger"], ["surface"]],
  [["focus"], ["page", "raised", "accent-subtle"]],
  [
    ["stage-accent", "stage-recording"],
    ["stage", "stage-surface", "stage-raised"],
  ],
])("%j stands out from %j (WCAG 1.4.11)", (names, grounds) => {
  expect(weak(3, tokens, names, grounds)).toEqual([]);
});

test("each line of a chart stands out from its card", () => {
  const lines = table("chart.css");
  expect(lines.size).toBe(10);
  expect(weak(3, lines, [...lines.keys()], ["surface"])).toEqual([]);
});
