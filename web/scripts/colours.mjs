// Refuses what is not in src/shared/theme/tokens.css: a class of a palette (bg-slate-100,
// text-white), and a colour written as a number.
import { readdirSync, readFileSync } from "node:fs";

const TABLES = ["tokens.css", "chart.css"].map((name) => `src/shared/theme/${name}`);
const UTILITIES =
  "bg|text|border|ring|outline|fill|stroke|from|via|to|accent|caret|decoration|divide|placeholder|shadow";
const PALETTE =
  "slate|gray|zinc|neutral|stone|red|orange|amber|yellow|lime|green|emerald|teal|cyan|sky|blue|indigo|" +
  "violet|purple|fuchsia|pink|rose|white|black";
const CLASS = new RegExp(
  `(?<![\\w-])(?:${UTILITIES})(?:-[xytrblse])?-(?:[a-z]+-\\d{2,3}|(?:${PALETTE}))(?![\\w-])`,
  "g",
);
const ARBITRARY = /\[(?:#|(?:rgb|hsl|oklch|color)\()[^\]]*\]/g;
const NUMBER = /#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})\b(?!\()|\b(?:rgba?|hsla?|oklch|oklab)\(/gi;

function wrong(path) {
  if (TABLES.includes(path)) return [];
  const style = path.endsWith(".css");
  const patterns = style ? [CLASS, NUMBER] : [CLASS, ARBITRARY, /["'`]#[\da-f]{3,8}["'`]/gi];
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line, at) =>
      patterns.flatMap((pattern) =>
        (line.match(pattern) ?? []).map((found) => `${path}:${at + 1}: ${found}`),
      ),
    );
}

const sources = readdirSync("src", { recursive: true })
  .map((name) => `src/${name}`)
  .filter((path) => /\.(tsx?|css)$/.test(path));
const found = sources.flatMap(wrong);
if (found.length > 0) {
  process.stderr.write(`Use the colours of ${TABLES[0]} instead:\n${found.join("\n")}\n`);
  process.exitCode = 1;
}
