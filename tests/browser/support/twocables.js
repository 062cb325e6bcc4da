// A call between Chromium and Firefox, each behind a cable of its own, of which one at a time loses
// packets.

import { Network } from "./network.js";
import { PATIENT, PROVIDER, accept, hangUp, signIn, startCall } from "./people.js";
import { seesMovingVideo } from "./picture.js";
import { between, counted, forgetStill, observe, received } from "./reception.js";
import { Server } from "./server.js";

/** @typedef {import("./network.js").Faults} Faults */
/** @typedef {import("./reception.js").Received} Received */
/** @typedef {import("./reception.js").Counted} Counted */
/** @typedef {"Chromium" | "Firefox"} Name */
/**
 * One way of a picture: what the page at its end received, how many frames were sent, and the
 * server's counters of the half with the loss. @typedef
 * {{received: Received, encoded: number, counted: Counted}} Way
 */
/**
 * Both ways of the browser whose network loses: to it and from it. @typedef {{to: Way, from: Way}}
 * Ways
 */
/**
 * @typedef
 *   {{network: Network, browser: import("puppeteer-core").Browser,
 *     page: import("puppeteer-core").Page, url: string, role: string}}
 *   Side
 */

/** Each way, ms: a round trip to a server of the same country. */
export const DELAY_MS = 20;

export class TwoCables {
  #networks = /** @type {Network[]} */ ([]);
  #browsers = /** @type {import("puppeteer-core").Browser[]} */ ([]);
  #server = /** @type {Server | null} */ (null);
  /** @type {(path: string) => Promise<Response>} */ #ops = () =>
    Promise.reject(new Error("not open"));
  sides = /** @type {Record<Name, Side>} */ ({});

  /** The server, the cables and both browsers, signed in. */
  static async open() {
    const call = new TwoCables();
    try {
      await call.#open();
    } catch (error) {
      await call.close();
      throw error;
    }
    return call;
  }

  async #open() {
    for (const number of [0, 1]) this.#networks.push(await Network.open(number));
    const [near, far] = /** @type {[Network, Network]} */ (this.#networks);
    this.#server = await Server.start(); // it announces the addresses that are there now
    const Chromium = await this.#side(near, "chromium", "provider", PROVIDER);
    const Firefox = await this.#side(far, "firefox", "patient", PATIENT);
    this.sides = { Chromium, Firefox };
    this.#ops = await this.#server.as("ops");
  }

  /**
   * @param {Network} network
   * @param {"chromium" | "firefox"} kind
   * @param {string} role
   * @param {string} person
   * @returns {Promise<Side>}
   */
  async #side(network, kind, role, person) {
    const url = await network.publish(/** @type {Server} */ (this.#server).url);
    const browser = await network[kind](url);
    this.#browsers.push(browser);
    const page = await signIn(browser, url, person);
    await observe(page);
    return { network, browser, page, url, role };
  }

  /** @param {Name} name @returns {Side} */
  other(name) {
    return this.sides[name === "Chromium" ? "Firefox" : "Chromium"];
  }

  /** A new call on networks without loss; both see each other. */
  async begin() {
    const { Chromium, Firefox } = this.sides;
    await Promise.all([Chromium, Firefox].map(home));
    this.lose("Chromium", 0);
    await startCall(Chromium.page, "Alex Morgan");
    await accept(Firefox.page);
    await Promise.all([seesMovingVideo(Chromium.page), seesMovingVideo(Firefox.page)]);
  }

  /**
   * From now on the network of one loses this fraction of packets in each direction, and the
   * other's none.
   * @param {Name} name
   * @param {number} loss
   */
  lose(name, loss) {
    for (const { network } of Object.values(this.sides)) network.set({ delay_ms: DELAY_MS });
    this.sides[name].network.set({ delay_ms: DELAY_MS, loss });
  }

  /** What the server counts of the sound that goes to one. @param {Name} name */
  soundTo(name) {
    return counted(this.#ops, this.sides[name].role, "down", "microphone");
  }

  /**
   * Starts to measure; the function that is returned tells what came since.
   * @param {Name} name whose network it is about
   */
  async measure(name) {
    const [own, other] = [this.sides[name], this.other(name)];
    const now = async () => ({
      own: await received(own.page),
      other: await received(other.page),
      down: await counted(this.#ops, own.role, "down"),
      up: await counted(this.#ops, own.role, "up"),
    });
    await Promise.all([forgetStill(own.page), forgetStill(other.page)]);
    const before = await now();
    return async () => {
      const after = await now();
      const [to, from] = [between(before.own, after.own), between(before.other, after.other)];
      return /** @type {Ways} */ ({
        to: { received: to, encoded: from.encoded, counted: between(before.down, after.down) },
        from: { received: from, encoded: to.encoded, counted: between(before.up, after.up) },
      });
    };
  }

  async end() {
    this.lose("Chromium", 0);
    await hangUp(this.sides.Chromium.page);
    await this.sides.Firefox.page.waitForSelector("::-p-text(The call has ended)");
  }

  async close() {
    await Promise.all(this.#browsers.map((browser) => browser.close()));
    await this.#server?.remove();
    await Promise.all(this.#networks.map((network) => network.close()));
  }
}

/** @param {Side} side */
async function home({ page, url }) {
  await page.goto(url);
  await page.locator('nav[aria-label="Main"]').wait();
}
