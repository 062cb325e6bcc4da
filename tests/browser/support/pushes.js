// A push service (RFC 8030) on this machine: it keeps what it is sent.

import { once } from "node:events";
import { createServer } from "node:http";

export class Pushes {
  /** @type {import("node:http").IncomingHttpHeaders[]} */ #taken = [];
  #server = createServer((request, response) => {
    this.#taken.push(request.headers);
    response.writeHead(201).end();
    this.#server.emit("taken");
  });
  origin = "";

  static async start() {
    const pushes = new Pushes();
    pushes.#server.listen(0, "127.0.0.1");
    await once(pushes.#server, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (pushes.#server.address());
    pushes.origin = `http://127.0.0.1:${port}`;
    return pushes;
  }

  /** The headers of the first message, once there is one. */
  async first() {
    while (this.#taken.length === 0) await once(this.#server, "taken");
    return this.#taken[0] ?? {};
  }

  async close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
