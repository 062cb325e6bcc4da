// CPU of the operations page with an hour of history of 20 tracks, at one answer a second.
//   npm --prefix web run build
//   node web/bench/ops.mjs [--seconds 60] [--span "5 minutes"] [--screenshot page.png]
// `cpu_…` is what all processes of Chromium use, which draws in software here, `renderer_…` what
// the one of the page does; `…_busy_…` is wall time, so other work on the machine raises it. A stub
// answers instead of the server; the hour is fed to the page in a few seconds, with the window
// hidden.

import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import puppeteer from "puppeteer-core";

const WEB = join(dirname(fileURLToPath(import.meta.url)), "..");
const RESULT = join(WEB, "../build/bench/ops_page.json");
const HOUR_SECONDS = 3600;
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

const { values: asked } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    span: { type: "string" },
    screenshot: { type: "string" },
  },
});
const SPANS = asked.span ? [asked.span] : ["5 minutes", "15 minutes", "1 hour"];

/** Five calls of two with a microphone and a camera each. */
function statistics(second) {
  const noise = (most) => Math.random() * most;
  const track = (source, bitrate) => ({
    direction: "up",
    source,
    codec: source === "camera" ? "VP8" : "opus",
    packets: second * 150,
    bytes: second * 150_000,
    bitrate_bps: Math.round(bitrate * (0.8 + noise(0.4))),
    packets_lost: 3,
    loss_fraction: Math.random() < 0.05 ? noise(0.1) : 0,
    jitter_ms: 2 + noise(8),
    rtt_ms: 20 + noise(15),
    nack_count: 5,
    retransmitted_count: 4,
    cached_count: 5,
    pli_count: 2,
  });
  const participant = (label) => ({
    label,
    role: label === "1" ? "patient" : "provider",
    connected: true,
    quality: "good",
    media: { microphone: true, camera: true, screen: false },
    tracks: [track("microphone", 40_000), track("camera", 1_800_000)],
  });
  const rooms = ["a1", "b2", "c3", "d4", "e5"].map((label) => ({
    label,
    age_seconds: second,
    recording: "recording",
    participants: [participant("1"), participant("2")],
  }));
  return {
    at: new Date(1.8e12 + second * 1000).toISOString(),
    rooms,
    engines: [3478, 3479].map((port) => engine(port, second)),
    dropped_datagrams: { unknown_address: 4 },
  };
}

/** A thread that forwards half of it. */
function engine(port, second) {
  const counts = (...batches) => batches.map((count) => count * second);
  return {
    port,
    received_packets: second * 750,
    forwarded_packets: second * 750,
    batch_datagrams: {
      bounds: [1, 2, 4, 8, 16, 32, 64],
      counts: counts(310, 90, 60, 12, 1, 0, 0, 0),
      sum: second * 780,
    },
    forwarding_delay_seconds: {
      bounds: Array.from({ length: 11 }, (_, power) => 16e-6 * 2 ** power),
      counts: counts(0, 40, 180, 170, 60, 16, 4, 2, 1, 0, 0, 0),
      sum: second * 0.05,
    },
    dropped_datagrams: { unknown_address: 4, srtp_replayed: second },
  };
}

let second = 0;
const REPLIES = {
  "/api/v1/auth/me": () => ({
    user_id: "ops",
    name: "Robin Patel",
    role: "ops",
    expires_at: "2100-01-01T00:00:00Z",
  }),
  "/api/v1/telemedicine/settings": () => ({
    practice_name: "Bench",
    ice_servers: [],
    ring_timeout_seconds: 45,
    reconnect_seconds: 60,
    max_call_duration_minutes: 60,
    recording_available: true,
    recording_unavailable_reason: null,
    consent: { id: "", version: "", language: "en", sha256: "", text: "" },
    emergency_phone: "",
    emergency_instructions: "",
    demo: false,
  }),
  "/api/v1/telemedicine/ops/rooms": () => statistics(++second),
};

const server = createServer(async ({ url = "" }, response) => {
  const reply = REPLIES[url];
  if (reply) {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(reply()));
  } else if (url.startsWith("/api/")) {
    response.writeHead(404).end();
  } else {
    const path = extname(url) ? url : "/index.html";
    response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
    response.end(await readFile(join(WEB, "dist", path)));
  }
}).listen(0, "127.0.0.1");

/**
 * In the page: until `hurry.end()`, it is hidden and each wait for the next second is over at once.
 */
function hurryUp() {
  const [wait, now] = [window.setTimeout, performance.now.bind(performance)];
  let [hurry, skipped] = [true, 0];
  performance.now = () => now() + skipped;
  window.setTimeout = (work, delay = 0, ...rest) => {
    const skip = hurry && delay > 500 && delay <= 1000;
    if (skip) skipped += delay;
    return wait(work, skip ? 0 : delay, ...rest);
  };
  Object.defineProperty(document, "visibilityState", {
    configurable: true,
    get: () => (hurry ? "hidden" : "visible"),
  });
  window.hurry = {
    end: () => {
      hurry = false;
    },
  };
}

/** CPU seconds used by the browser with all its processes, and by the busiest of its renderers. */
async function processCpu(root) {
  const { readdir } = await import("node:fs/promises");
  const processes = [];
  for (const id of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${id}/stat`, "utf8").catch(() => null);
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields)
      processes.push({
        id: Number(id),
        parent: Number(fields[1]),
        ticks: Number(fields[11]) + Number(fields[12]),
      });
  }
  const ours = new Set([root]);
  for (let before = 0; before < ours.size; ) {
    before = ours.size;
    for (const { id, parent } of processes) if (ours.has(parent)) ours.add(id);
  }
  const used = processes.filter(({ id }) => ours.has(id));
  const renderers = [];
  for (const { id, ticks } of used) {
    const command = await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "");
    if (command.includes("--type=renderer")) renderers.push(ticks / 100);
  }
  return {
    all: used.reduce((sum, { ticks }) => sum + ticks / 100, 0),
    renderer: Math.max(...renderers),
  };
}

async function measure(browser, page) {
  const root = browser.process().pid;
  const before = await page.metrics();
  const cpuBefore = await processCpu(root);
  const began = performance.now();
  await new Promise((next) => setTimeout(next, Number(asked.seconds) * 1000));
  const after = await page.metrics();
  const cpuAfter = await processCpu(root);
  const seconds = (performance.now() - began) / 1000;
  const percent = (value) => Math.round((value / seconds) * 1000) / 10;
  const layout = (metrics) => metrics.LayoutDuration + metrics.RecalcStyleDuration;
  return {
    main_thread_busy_percent: percent(after.TaskDuration - before.TaskDuration),
    layout_busy_percent: percent(layout(after) - layout(before)),
    script_busy_percent: percent(after.ScriptDuration - before.ScriptDuration),
    renderer_percent_of_a_core: percent(cpuAfter.renderer - cpuBefore.renderer),
    cpu_percent_of_a_core: percent(cpuAfter.all - cpuBefore.all),
    heap_megabytes: Math.round(after.JSHeapUsedSize / 1e6),
  };
}

await once(server, "listening");
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 1000 });
  await page.evaluateOnNewDocument(hurryUp);
  await page.goto(`http://127.0.0.1:${server.address().port}/ops`);
  while (second < HOUR_SECONDS) await new Promise((next) => setTimeout(next, 100));
  await page.evaluate(() => window.hurry.end());
  await page.waitForSelector("canvas");
  const result = { tracks: 20, samples: second, seconds: Number(asked.seconds) };
  for (const span of SPANS) {
    await page.locator(`label ::-p-text(${span})`).click();
    result[span.replace(" ", "_")] = await measure(browser, page);
  }
  if (asked.screenshot) await page.screenshot({ path: asked.screenshot, fullPage: true });
  await mkdir(dirname(RESULT), { recursive: true });
  await writeFile(RESULT, JSON.stringify(result, null, 2));
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await browser.close();
  server.close();
}
