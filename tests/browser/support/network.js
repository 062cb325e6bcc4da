// A patient behind a network that is slow, lossy or away: a browser in a network namespace of its
// own.
//
// The test runs in namespaces too, of the network and of processes, which `unshare` makes, as root
// or as any user who may make user namespaces: nothing of the machine's own network is touched, and
// all of it is gone when the test ends, however it ends.

import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium, firefox } from "./browser.js";
import { start } from "./children.js";

const INSIDE = "NETWORK_TEST_INSIDE";
const UNSHARE = ["--map-root-user", "--net"];
/**
 * All that was started inside ends with the first process there, browsers too; a container may
 * forbid it.
 */
const TOGETHER = ["--pid", "--fork", "--kill-child", "--mount-proc"];

/** Whether this process is in the namespace that `enter` made. */
export const inside = process.env[INSIDE] === "1";

/** Why a namespace cannot be had here; none if it can. @returns {string | null} */
export function unavailable() {
  for (const [command, ...words] of [
    ["ip", "-V"],
    ["unshare", ...UNSHARE, "ip", "tuntap", "add", "dev", "probe", "mode", "tun"],
  ]) {
    const { error, status, stderr } = spawnSync(command ?? "", words, { encoding: "utf8" });
    if (error || status !== 0) return `${command}: ${error?.message ?? stderr.trim()}`;
  }
  return null;
}

/**
 * Whether this kernel could lose packets by itself. The cable is used in any case: what it does is
 * the same everywhere.
 */
export function netem() {
  const words = [...UNSHARE, "tc", "qdisc", "add", "dev", "lo", "root", "netem", "loss", "2%"];
  return spawnSync("unshare", words).status === 0;
}

/**
 * Runs a program's file again inside a new namespace and passes on what it prints.
 * @param {string} file
 * @param {string[]} [words] of its command line
 * @returns {Promise<number | null>}
 */
export async function enter(file, words = []) {
  // A run of its own, not a part of the runner's.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const env = { ...environment, [INSIDE]: "1" };
  const together = spawnSync("unshare", [...UNSHARE, ...TOGETHER, "true"]).status === 0;
  const command = [
    ...UNSHARE,
    ...(together ? TOGETHER : []),
    process.execPath,
    "--test-reporter=tap",
    file,
    ...words,
  ];
  // unshare keeps SIGTERM from the processes that it holds together, and takes them with it when it
  // is killed.
  const child = start("unshare", command, {
    env,
    stdio: "inherit",
    killSignal: together ? "SIGKILL" : "SIGTERM",
  });
  const [code] = await once(child, "exit");
  return code;
}

/** @param {string} command */
function run(command) {
  const [program = "", ...words] = command.split(" ");
  execFileSync(program, words);
}

/**
 * What a direction of the cable does to packets; what is left out does nothing. @typedef
 * {{loss?: number, delay_ms?: number, jitter_ms?: number, rate_kbps?: number, udp_loss?: number}}
 * Faults
 */

/**
 * Between the two namespaces, in the patient's: standard input and output are one TCP connection of
 * its loopback.
 */
const BRIDGE =
  'const far = require("node:net").connect(process.argv[1], "127.0.0.1"); process.stdin.pipe(far).pipe(process.stdout);';

export class Network {
  #server;
  #patientAddress;
  #subnet;
  #device;
  #folder = "";
  #cable = /** @type {import("node:child_process").ChildProcess | null} */ (null);
  #gates = /** @type {import("node:net").Server[]} */ ([]);
  /** It keeps the patient's namespace. */
  #holder = start("unshare", ["--net", "--", "sleep", "infinity"], { stdio: "ignore" });

  /** @param {number} number */
  constructor(number) {
    this.#subnet = `10.78.${number}.0/24`;
    this.#server = `10.78.${number}.1`;
    this.#patientAddress = `10.78.${number}.2`;
    this.otherAddress = `10.78.${number}.3`;
    this.#device = `server${number}`;
  }

  /**
   * A cable between this namespace and a new one, the patient's. Each has a number of its own.
   * @param {number} [number]
   */
  static async open(number = 0) {
    const network = new Network(number);
    await network.#apart();
    await network.#connect();
    run("ip link set lo up");
    run(`ip address add ${network.#server} peer ${network.#patientAddress} dev ${network.#device}`);
    run(`ip link set ${network.#device} up`);
    run(`ip route add ${network.#subnet} dev ${network.#device}`);
    network.#patient("ip link set lo up");
    network.#patient("ip link set patient up");
    network.move(network.#patientAddress);
    network.#folder = await mkdtemp(join(tmpdir(), "carelay-network-"));
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
    const cable = start(
      "python3",
      [join(import.meta.dirname, "cable.py"), String(this.#holder.pid), this.#device],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    this.#cable = cable;
    await Promise.race([
      once(cable.stdout, "data"),
      once(cable, "exit").then(() => Promise.reject(new Error("no cable"))),
    ]);
  }

  /**
   * The demo's pages are on loopback only: as a reverse proxy would, bring them to the patient.
   * Returns their URL.
   * @param {string} url
   */
  async publish(url) {
    const port = Number(new URL(url).port);
    await this.#gate(port, this.#server, () => {
      const far = connect(port, "127.0.0.1");
      return { input: far, output: far };
    });
    return `http://${this.#server}:${port}`;
  }

  /**
   * A listener in this namespace, each of whose connections goes on through what `open` makes.
   * Returns its port.
   * @param {number} port
   * @param {string} host
   * @param
   *   {(port: number) => {input: import("node:stream").Writable, output: import("node:stream").Readable}}
   *   open
   */
  async #gate(port, host, open) {
    const gate = createServer((near) => {
      const { input, output } = open(own);
      near.pipe(input);
      output.pipe(near);
      for (const stream of [near, input, output])
        stream
          .on("error", () => near.destroy())
          .on("close", () => (near.destroy(), input.destroy()));
    }).listen(port, host);
    this.#gates.push(gate);
    await once(gate, "listening");
    const own = /** @type {import("node:net").AddressInfo} */ (gate.address()).port;
    return own;
  }

  /**
   * On the patient's side, for the pages at `url`.
   * @param {string} url
   * @param {string[]} [flags]
   */
  async chromium(url, flags = []) {
    return chromium(
      [`--unsafely-treat-insecure-origin-as-secure=${url}`, ...flags],
      await this.#program("chromium"),
    );
  }

  /**
   * The same; it is driven through a TCP port of the patient's loopback, which is brought here.
   * @param {string} url
   */
  async firefox(url) {
    const debuggingPort = await this.#gate(0, "127.0.0.1", (port) => {
      const [program = "", ...words] = [
        ...this.#prefix().split(" "),
        process.execPath,
        "-e",
        BRIDGE,
        String(port),
      ];
      const bridge = start(program, words, { stdio: ["pipe", "pipe", "inherit"] });
      return { input: bridge.stdin, output: bridge.stdout };
    });
    const preferences = { "dom.securecontext.allowlist": new URL(url).hostname };
    return firefox(preferences, {
      executablePath: await this.#program("firefox-esr"),
      debuggingPort,
    });
  }

  /**
   * For puppeteer: a program of this machine, run on the patient's side of the cable.
   * @param {string} name
   */
  async #program(name) {
    const path = join(this.#folder, name);
    await writeFile(path, `#!/bin/sh\nexec ${this.#prefix()} /usr/bin/${name} "$@"\n`, {
      mode: 0o755,
    });
    return path;
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

  /** A firewall that lets out TCP, and with it the pages, but no UDP. */
  blockUdp() {
    this.set({ udp_loss: 1 });
  }

  /**
   * The patient's old address is gone and another is there, as from Wi-Fi to mobile data.
   * @param {string} address
   */
  move(address) {
    this.#patient("ip address flush dev patient");
    this.#patient(`ip address add ${address} peer ${this.#server} dev patient`);
  }

  async close() {
    for (const gate of this.#gates) gate.close();
    this.#cable?.kill();
    this.#holder.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
