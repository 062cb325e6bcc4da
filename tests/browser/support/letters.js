// A real SMTP server, whose letters a test reads.

import { createServer } from "node:net";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { text as all } from "node:stream/consumers";

import { start } from "./children.js";
import { CARELAY } from "./server.js";

const PYTHON = join(dirname(CARELAY), "python");
/** What stands around a letter: before it, what its sender asked for. */
const BEGIN = /-+ MESSAGE FOLLOWS -+\n(?:mail options: .*\n\n)?/;
const END = "------------ END MESSAGE";

/**
 * @typedef
 *   {{method: string, uid: string, sequence: number, starts_at: number, ends_at: number,
 *   words: string}}
 *   Entry of a calendar; the times in ms since 1970
 */
/** @typedef {{to: string, subject: string, text: string, calendar: Entry | null}} Letter */

export class Letters {
  #text = "";
  /** @param {number} port @param {import("node:child_process").ChildProcess} child */
  constructor(port, child) {
    this.port = port;
    this.child = child;
    child.stdout?.on("data", (text) => (this.#text += text));
  }

  /** @returns {Promise<Letters>} */
  static async start() {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (probe.address());
    probe.close();
    const words = ["-um", "aiosmtpd", "-n", "-l", `127.0.0.1:${port}`];
    const handler = ["-c", "aiosmtpd.handlers.Debugging", "stdout"];
    const child = start(PYTHON, [...words, ...handler], { stdio: ["ignore", "pipe", "inherit"] });
    return new Letters(port, child);
  }

  /** What of all of them matches, once something does. @param {RegExp} wanted */
  async find(wanted) {
    for (;;) {
      // Lines that are too long are sent as quoted-printable (RFC 2045).
      const found = this.#text.replaceAll("=\n", "").replaceAll("=3D", "=").match(wanted);
      if (found) return found[0];
      await once(/** @type {import("node:stream").Readable} */ (this.child.stdout), "data");
    }
  }

  /**
   * The first letter in which something is, taken apart, once it has come.
   * @param {string} wanted
   * @returns {Promise<Letter>}
   */
  async read(wanted) {
    for (;;) {
      const found = this.#text.split(BEGIN).find((text) => {
        const [letter, ...rest] = text.split(END);
        return rest.length > 0 && letter?.includes(wanted);
      });
      if (found) return await parsed(found.split(END)[0] ?? "");
      await once(/** @type {import("node:stream").Readable} */ (this.child.stdout), "data");
    }
  }

  async close() {
    if (this.child.kill()) await once(this.child, "exit");
  }
}

/** By a library that others use as well. @param {string} text @returns {Promise<Letter>} */
async function parsed(text) {
  const program = new URL("letter.py", import.meta.url).pathname;
  const child = start(PYTHON, [program], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(text);
  return JSON.parse(await all(child.stdout));
}
