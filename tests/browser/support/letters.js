// A real SMTP server, whose letters a test reads.

import { createServer } from "node:net";
import { once } from "node:events";
import { dirname, join } from "node:path";

import { start } from "./children.js";
import { CARELAY } from "./server.js";

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
    const python = join(dirname(CARELAY), "python");
    const child = start(python, [...words, ...handler], { stdio: ["ignore", "pipe", "inherit"] });
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

  async close() {
    if (this.child.kill()) await once(this.child, "exit");
  }
}
