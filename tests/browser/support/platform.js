// A host platform: its pages are built on the packed library, and it signs the tokens that carelay
// believes.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { promisify } from "node:util";

import { token as signed } from "./tokens.js";

const ROOT = resolve(import.meta.dirname, "../../..");
const PAGES = join(ROOT, "web/node_modules");
const OWN_PACKAGES = ["react", "react-dom", "@types", "vite"];
const TYPES = /** @type {Record<string, string>} */ ({
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
});
const POLICY = [
  "default-src 'none'",
  ...["script", "style", "font", "img", "media", "connect"].map((kind) => `${kind}-src 'self'`),
];

const run = promisify(execFile);

export class Platform {
  #folder;
  #server = createServer();
  url = "";

  /** @param {string} folder */
  constructor(folder) {
    this.#folder = folder;
  }

  /** Its project, in which the library is unpacked as npm would. */
  static async create() {
    const platform = new Platform(await mkdtemp(join(tmpdir(), "carelay-platform-")));
    await cp(join(ROOT, "tests/browser/host"), platform.#folder, { recursive: true });
    await platform.#install();
    return platform;
  }

  async #install() {
    const packages = join(this.#folder, "node_modules");
    const library = join(packages, "carelay-embed");
    await mkdir(library, { recursive: true });
    await run("npm", ["--prefix", join(ROOT, "web"), "run", "build:embed"]);
    const words = ["pack", "--json", "--pack-destination", this.#folder, join(ROOT, "build/embed")];
    const [{ filename }] = JSON.parse((await run("npm", words)).stdout);
    await run("tar", [
      "--extract",
      "--strip-components=1",
      "--file",
      join(this.#folder, filename),
      "--directory",
      library,
    ]);
    await Promise.all(OWN_PACKAGES.map((name) => symlink(join(PAGES, name), join(packages, name))));
  }

  /**
   * Runs one of the programs that the pages are built with, in the host's project.
   * @param {string} program
   * @param {string[]} words
   */
  async program(program, ...words) {
    try {
      return (await run(join(PAGES, ".bin", program), words, { cwd: this.#folder })).stdout;
    } catch (error) {
      const { stdout, stderr } = /** @type {{stdout: string, stderr: string}} */ (error);
      throw new Error(`${program} ${words.join(" ")}:\n${stdout}${stderr}`);
    }
  }

  /**
   * Its pages, its tokens, and carelay under its own origin, as EMBEDDING.md wants it.
   * @param {string} carelay URL
   */
  async serve(carelay) {
    const { port } = new URL(carelay);
    this.#server.on("request", (incoming, outgoing) => {
      if (incoming.url?.startsWith("/api/")) this.#pass(port, incoming, outgoing);
      else void this.#own(incoming.url ?? "/", outgoing);
    });
    this.#server.on("upgrade", (incoming, socket, head) => upgrade(port, incoming, socket, head));
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = /** @type {import("node:net").AddressInfo} */ (this.#server.address());
    this.url = `http://localhost:${address.port}`;
  }

  /**
   * @param {string} port
   * @param {import("node:http").IncomingMessage} incoming
   * @param {import("node:http").ServerResponse} outgoing
   */
  #pass(port, incoming, outgoing) {
    const { url, method, headers } = incoming;
    const far = request({ host: "localhost", port, path: url, method, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    far.on("error", () => outgoing.destroy());
    incoming.pipe(far);
  }

  /** @param {string} address @param {import("node:http").ServerResponse} outgoing */
  async #own(address, outgoing) {
    const { pathname, searchParams } = new URL(address, this.url);
    const user = searchParams.get("user");
    if (pathname === "/platform/token" && user !== null) return void outgoing.end(token(user));
    if (pathname === "/platform/sign-in" && user !== null) return this.#signIn(user, outgoing);
    const file = pathname === "/" ? "/index.html" : pathname;
    const content = await readFile(join(this.#folder, "dist", file)).catch(() => null);
    if (content === null) return void outgoing.writeHead(404).end();
    outgoing.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-security-policy": POLICY.join("; "),
    });
    outgoing.end(content);
  }

  /**
   * Gives a page carelay's cookie.
   * @param {string} user
   * @param {import("node:http").ServerResponse} outgoing
   */
  async #signIn(user, outgoing) {
    const headers = { authorization: `Bearer ${token(user)}` };
    const reply = await fetch(`${this.url}/api/v1/auth/session`, { method: "POST", headers });
    outgoing.writeHead(reply.status, { "set-cookie": reply.headers.getSetCookie() }).end();
  }

  /**
   * The API as the platform's own server may use it for a user.
   * @param {string} user
   * @param {string} path
   * @param {unknown} [body]
   */
  async api(user, path, body) {
    const headers = { authorization: `Bearer ${token(user)}`, "content-type": "application/json" };
    const init =
      body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
    const reply = await fetch(`${this.url}/api/v1/${path}`, init);
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  }

  async remove() {
    this.#server.closeAllConnections();
    this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/**
 * A WebSocket goes on as it is.
 * @param {string} port
 * @param {import("node:http").IncomingMessage} incoming
 * @param {import("node:stream").Duplex} near
 * @param {Buffer} head
 */
function upgrade(port, { url, headers }, near, head) {
  const far = request({ host: "localhost", port, path: url, headers });
  near.on("error", () => far.destroy());
  far.on("error", () => near.destroy());
  far.on("response", () => near.destroy());
  far.on("upgrade", (reply, socket, first) => {
    const lines = Object.entries(reply.headers).map(([name, value]) => `${name}: ${value}`);
    near.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
    near.write(first);
    socket.write(head);
    near.pipe(socket).pipe(near);
    socket.on("error", () => near.destroy());
    near.on("close", () => socket.destroy());
  });
  far.end();
}

/** @param {string} user "dr-lee" is the provider */
function token(user) {
  const isProvider = user === "dr-lee";
  return signed({
    sub: user,
    role: isProvider ? "provider" : "patient",
    name: isProvider ? "Dr. Lee" : "Sam Roe",
  });
}
