// What is left of a call between Chromium and Firefox where the network of one of them loses
// packets: `npm run loss`, or `make bench-browsers`. A row is 25 s of a call of its own; prints a
// table and writes build/bench/browsers.json.

import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { enter, inside, netem, unavailable } from "./support/network.js";
import { DELAY_MS, TwoCables } from "./support/twocables.js";

/** @typedef {import("./support/twocables.js").Name} Name */
/** @typedef {import("./support/twocables.js").Way} Way */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RESULT = `${ROOT}build/bench/browsers.json`;
const SETTLING_MS = 5_000;
const LOSSES = [0, 0.02, 0.1];
const NAMES = /** @type {const} */ (["Chromium", "Firefox"]);
const CIRCUMSTANCES =
  "import json; from bench import results; print(json.dumps(results.circumstances()))";

const COLUMNS = {
  browser: "whose network loses packets, a share of `loss` in each direction",
  loss: "set; `lost` is what the server counts of the camera's packets, before repair",
  picture: "`to` the browser, or `from` it to the other, whose network is good",
  frames: "decoded (framesDecoded); `of` those that the sender encoded (framesEncoded)",
  freezes:
    "freezeCount and totalFreezesDuration of the receiver: a frame late by 150 ms or three times the usual",
  still:
    "s, the longest time without a new frame on the receiver's page (requestVideoFrameCallback)",
  concealed: "concealedSamples of totalSamplesReceived, %",
  kbps: "of the picture, as received",
  nacks:
    "packets asked for again, by the browser (to) or the server (from), as the server counts them",
  resent:
    "sent again by the server (to), or came again to it (from; browsers also probe the path with packets that nobody missed)",
  rtx: "retransmittedPacketsReceived of the receiver; Firefox has no such counter",
  plis: "keyframes asked for, by the browser (to) or the server (from)",
};

/** @param {Name} browser @param {number} loss @param {"to" | "from"} picture @param {Way} way */
function row(browser, loss, picture, { received, encoded, counted }) {
  const { packets, lost, nacks, resent, plis } = counted;
  const expected = picture === "to" ? packets : packets - resent + lost;
  return {
    browser,
    loss: percent(loss),
    picture,
    lost: percent(lost / expected),
    frames: received.frames,
    of: encoded,
    per_s: rounded(received.frames / received.at, 1),
    freezes: received.freezes,
    frozen_s: rounded(received.frozen, 2),
    still: rounded(received.still, 2),
    concealed: percent(received.concealed / received.samples),
    kbps: Math.round((received.bytes * 8) / received.at / 1000),
    nacks,
    resent,
    rtx: picture === "to" ? received.retransmissions : null,
    plis: picture === "to" ? received.plis : plis,
  };
}

/** @param {number} share */
const percent = (share) => rounded(100 * share, 1);
/** @param {number} value @param {number} digits */
const rounded = (value, digits) => Number(value.toFixed(digits));

/** @param {Record<string, unknown>[]} rows */
function table(rows) {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((each) => names.map((name) => String(each[name] ?? "-")))];
  const widths = names.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, at) => cell.padStart(widths[at] ?? 0)).join("  "))
    .join("\n");
}

/** @param {TwoCables} call @param {Name} name @param {number} loss @param {number} seconds */
async function measure(call, name, loss, seconds) {
  await call.begin();
  call.lose(name, loss);
  await pause(SETTLING_MS);
  const taken = await call.measure(name);
  await pause(seconds * 1000);
  const { to, from } = await taken();
  await call.end();
  return [row(name, loss, "to", to), row(name, loss, "from", from)];
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((next) => setTimeout(next, ms));
}

/** @param {{browsers: Name[], losses: number[], seconds: number}} wanted */
async function run({ browsers, losses, seconds }) {
  const python = `${ROOT}.venv/bin/python`;
  const circumstances = JSON.parse(
    execFileSync(python, ["-c", CIRCUMSTANCES], { cwd: ROOT, encoding: "utf8" }),
  );
  const call = await TwoCables.open();
  const rows = [];
  try {
    for (const name of browsers)
      for (const loss of losses) rows.push(...(await measure(call, name, loss, seconds)));
    for (const [name, { browser }] of Object.entries(call.sides))
      circumstances.versions[name] = await browser.version();
  } finally {
    await call.close();
  }
  const network = {
    faults: "cable.py",
    kernel_has_netem: netem(),
    round_trip_ms: 2 * DELAY_MS,
    losses_are: "independent",
  };
  await mkdir(`${ROOT}build/bench`, { recursive: true });
  await writeFile(
    RESULT,
    `${JSON.stringify({ ...circumstances, seconds, network, columns: COLUMNS, rows }, null, 2)}\n`,
  );
  for (const [name, meaning] of Object.entries(COLUMNS))
    console.log(`${name.padStart(10)}  ${meaning}`);
  console.log(
    `\n${seconds} s a row, round trip ${2 * DELAY_MS} ms, losses by support/cable.py${netem() ? "" : " (this kernel has no netem)"}\n`,
  );
  console.log(table(rows));
}

const { values } = parseArgs({
  options: {
    browser: { type: "string", multiple: true, default: [...NAMES] },
    loss: { type: "string", multiple: true, default: LOSSES.map(String) },
    seconds: { type: "string", default: "25" },
  },
});

if (inside) {
  const browsers = NAMES.filter((name) => values.browser?.includes(name));
  await run({ browsers, losses: (values.loss ?? []).map(Number), seconds: Number(values.seconds) });
} else {
  const reason = unavailable();
  if (reason) console.error(`This measurement needs network namespaces: ${reason}`);
  process.exitCode = reason
    ? 1
    : ((await enter(fileURLToPath(import.meta.url), process.argv.slice(2))) ?? 1);
}
