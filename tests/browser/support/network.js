// A patient behind a network that is slow, lossy or away: a browser in a network namespace of its own.
//
// The test runs in a namespace too, which `unshare` makes, as root or as any user who may make user namespaces: nothing
// of the machine's own network is touched, and all of it is gone when the test ends, however it ends.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SERVER_ADDRESS = "10.78.0.1";
const SUBNET = "10.78.0.0/24";
const PATIENT_ADDRESS = "10.78.0.2";
export const OTHER_ADDRESS = "10.78.0.3";
const INSIDE = "NETWORK_TEST_INSIDE";
const UNSHARE = ["--map-root-user", "--net", "--"];

/** Whether this process is in the namespace that `enter` made. */
export const inside = process.env[INSIDE] === "1";

/** Why a namespace cannot be had here; none if it can. @returns {string | null} */
export function unavailable() {
  for (const [command, ...words] of [["ip", "-V"], ["unshare", ...UNSHARE, "ip", "tuntap", "add", "dev", "probe", "mode", "tun"]]) {
    const { error, status, stderr } = spawnSync(command ?? "", words, { encoding: "utf8" });
    if (error || status !== 0) return `${command}: ${error?.message ?? stderr.trim()}`;
  }
  return null;
}

/** Runs a test file again inside a new namespace and passes on what it prints. @param {string} file @returns {Promise<number | null>} */
export async function enter(file) {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env; // a run of its own, not a part of the runner's
  const child = spawn("unshare", [...UNSHARE, process.execPath, "--test-reporter=tap", file], { env: { ...environment, [INSIDE]: "1" }, stdio: "inherit" });
  const [code] = await once(child, "exit");
  return code;
}

/** @param {string} command */
function run(command) {
  const [program = "", ...words] = command.split(" ");
  execFileSync(program, words);
}

/** What a direction of the cable does to packets; what is left out does nothing. @typedef {{loss?: number, delay_ms?: number, jitter_ms?: number, rate_kbps?: number}} Faults */

export class Network {
  /** For puppeteer: Chromium on the patient's side of the cable. */
  chromium = "";
  #folder = "";
  #cable = /** @type {import("node:child_process").ChildProcess | null} */ (null);
  #proxy = /** @type {import("node:net").Server | null} */ (null);
  /** It keeps the patient's namespace. */
  #holder = spawn("unshare", ["--net", "--", "sleep", "infinity"], { stdio: "ignore" });

  /** A cable between this namespace and a new one, the patient's. */
  static async open() {
    const network = new Network();
    await network.#apart();
    await network.#connect();
    run("ip link set lo up");
    run(`ip address add ${SERVER_ADDRESS} peer ${PATIENT_ADDRESS} dev server`);
    run("ip link set server up");
    run(`ip route add ${SUBNET} dev server`);
    network.#patient("ip link set lo up");
    network.#patient("ip link set patient up");
    network.move(PATIENT_ADDRESS);
    await network.#writeChromium();
    return network;
  }

  async #apart() {
    const own = await readlink("/proc/self/ns/net");
    for (const end = Date.now() + 5_000; Date.now() < end; ) {
      if ((await readlink(`/proc/${this.#holder.pid}/ns/net`)) !== own) return;
      await new Promise((next) => setTimeout(next, 20));
    }
    throw new Error("no network namespace");
  }

  async #connect() {
    const cable = spawn("python3", [join(import.meta.dirname, "cable.py"), String(this.#holder.pid)], { stdio: ["pipe", "pipe", "inherit"] });
    this.#cable = cable;
    await Promise.race([once(cable.stdout, "data"), once(cable, "exit").then(() => Promise.reject(new Error("no cable")))]);
  }

  /** The demo's pages are on loopback only: as a reverse proxy would, bring them to the patient. Returns their URL. @param {string} url */
  async publish(url) {
    const port = Number(new URL(url).port);
    this.#proxy = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      for (const [one, other] of /** @type {const} */ ([[near, far], [far, near]])) {
        one.pipe(other);
        one.on("error", () => other.destroy()).on("close", () => other.destroy());
      }
    }).listen(port, SERVER_ADDRESS);
    await once(this.#proxy, "listening");
    return `http://${SERVER_ADDRESS}:${port}`;
  }

  async #writeChromium() {
    this.#folder = await mkdtemp(join(tmpdir(), "carelay-network-"));
    this.chromium = join(this.#folder, "chromium");
    await writeFile(this.chromium, `#!/bin/sh\nexec ${this.#prefix()} /usr/bin/chromium "$@"\n`, { mode: 0o755 });
  }

  #prefix() {
    return `nsenter --net=/proc/${this.#holder.pid}/ns/net`;
  }

  /** Runs a command on the patient's side. @param {string} command */
  #patient(command) {
    run(`${this.#prefix()} ${command}`);
  }

  /** What the patient receives. @param {Faults} faults */
  downlink(faults) {
    this.#cable?.stdin?.write(`${JSON.stringify({ direction: "down", ...faults })}\n`);
  }

  /** What the patient sends. @param {Faults} faults */
  uplink(faults) {
    this.#cable?.stdin?.write(`${JSON.stringify({ direction: "up", ...faults })}\n`);
  }

  /** @param {Faults} [faults] in both directions; without any, a good network again */
  set(faults = {}) {
    this.uplink(faults);
    this.downlink(faults);
  }

  /** Nothing comes through, and neither side is told. */
  unplug() {
    this.set({ loss: 1 });
  }

  /** The patient's old address is gone and another is there, as from Wi-Fi to mobile data. @param {string} address */
  move(address) {
    this.#patient("ip address flush dev patient");
    this.#patient(`ip address add ${address} peer ${SERVER_ADDRESS} dev patient`);
  }

  async close() {
    this.#proxy?.close();
    this.#cable?.kill();
    this.#holder.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
