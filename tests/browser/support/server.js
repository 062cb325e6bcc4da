// A carelay server of its own for each test: demo accounts, a temporary folder, free ports.

import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { start } from "./children.js";

const ROOT = resolve(fileURLToPath(import.meta.url), "../../../..");
export const CARELAY = join(ROOT, ".venv/bin/carelay");
const START_TIMEOUT_MS = 90_000;

/** A TCP port that was free a moment ago; the same number serves UDP. @returns {Promise<number>} */
async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return address.port;
}

export class Server {
  /** @type {import("node:child_process").ChildProcess | null} */
  #process = null;
  #output = "";
  /** Of a disk for the recordings, such as "600m", which nobody else sees; "": they have none. */
  diskSize = "";

  /** @param {string} folder @param {number} port @param {Record<string, string>} environment */
  constructor(folder, port, environment) {
    this.folder = folder;
    this.url = `http://localhost:${port}`;
    /** @type {Record<string, string | undefined>} */
    this.environment = {
      ...process.env,
      CARELAY_SERVER_PORT: String(port),
      CARELAY_RELAY_PORT: "0",
      CARELAY_STORAGE_DATA_PATH: join(folder, "data"),
      CARELAY_RECORDING_KEY_FILE: join(folder, "keys/recording.key"),
      ...Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [
          name,
          value.replaceAll("{url}", this.url),
        ]),
      ),
    };
  }

  /**
   * @param {Record<string, string>} [environment] more CARELAY_… variables, in which {url} is where
   * the server answers
   * @param {string} [diskSize] of one for the recordings alone, such as "600m"
   * @returns {Promise<Server>}
   */
  static async start(environment = {}, diskSize = "") {
    const folder = await mkdtemp(join(tmpdir(), "carelay-"));
    const server = new Server(folder, await freePort(), environment);
    server.diskSize = diskSize;
    await server.serve();
    return server;
  }

  /** As somebody who can write the database, but has no key. @param {string} statement */
  async change(statement) {
    const program =
      "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute(sys.argv[2]); db.commit()";
    const words = ["-c", program, join(this.folder, "data/carelay.sqlite3"), statement];
    const child = start("python3", words, { stdio: "inherit" });
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`python3 ended with ${code}`);
  }

  async serve() {
    const child = start(...this.#command(), {
      cwd: ROOT,
      env: this.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text) => (this.#output += text));
    await this.#untilReady(child);
  }

  /** @returns {[string, string[]]} */
  #command() {
    const size = this.diskSize;
    if (size === "") return [CARELAY, ["serve", "--demo"]];
    const disk = join(this.folder, "disk");
    mkdirSync(disk, { recursive: true });
    this.environment.RECORDING_STORAGE_PATH = disk;
    const mount = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"';
    const within = ["--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh", size, disk];
    return ["unshare", [...within, CARELAY, "serve", "--demo"]];
  }

  /** @param {import("node:child_process").ChildProcess} child */
  async #untilReady(child) {
    for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end; ) {
      if (child.exitCode !== null) break;
      const reply = await fetch(`${this.url}/readyz`).catch(() => null);
      if (reply?.ok) return;
      await new Promise((next) => setTimeout(next, 100));
    }
    throw new Error(`the server did not become ready:\n${this.#output}`);
  }

  /**
   * One more account, with the password of all others.
   * @param {string} username
   * @param {string} name
   * @param {string} role
   */
  async addUser(username, name, role) {
    const words = ["users", "add", username, "--name", name, "--role", role];
    const child = start(CARELAY, words, {
      cwd: ROOT,
      env: this.environment,
      stdio: ["pipe", "ignore", "inherit"],
    });
    child.stdin.end("demo-carelay\n");
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`carelay users add ${username}: ${code}`);
  }

  /** Everything the server printed so far. */
  get output() {
    return this.#output;
  }

  /** @param {NodeJS.Signals} [signal] */
  async stop(signal = "SIGTERM") {
    const child = this.#process;
    if (!child) return;
    this.#process = null;
    if (child.exitCode === null) {
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    }
  }

  /** Paths of all files in the recordings' folder, sorted. */
  async recordingFiles() {
    const folder = join(this.folder, "data/recordings");
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  }

  async remove() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /**
   * An API call as one of the demo accounts, outside any browser.
   * @param {string} username
   * @returns {Promise<(path: string, init?: RequestInit) => Promise<Response>>}
   */
  async as(username) {
    const headers = { "content-type": "application/json", origin: this.url };
    const body = JSON.stringify({ username, password: "demo-carelay" });
    const reply = await fetch(`${this.url}/api/v1/auth/login`, { method: "POST", headers, body });
    if (!reply.ok) throw new Error(`sign-in of ${username}: ${reply.status} ${await reply.text()}`);
    const cookie = reply.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    return (path, init = {}) =>
      fetch(`${this.url}/api/v1/telemedicine/${path}`, {
        ...init,
        headers: { ...headers, cookie, ...init.headers },
      });
  }
}
