/** The file of a part as it is stored, read from the server by ranges. */

import type { Problem } from "../../../../shared/api/schema";
import { type Bytes, joined } from "./bytes";
import { Refused, Trouble } from "./trouble";

/** What is read at any position. */
export interface Ciphertext {
  /** So many octets from there on, fewer only at the end. */
  read(offset: number, length: number): Promise<Bytes>;
  /** Octets of the whole file; known once something was read. */
  readonly size: number;
}

/** Octets: each request is a row of the access log, and a part of an hour has half a gigabyte. */
const MOST_AHEAD = 8 << 20;

/**
 * Whoever reads on gets more at once each time, up to 8 MiB; whoever jumps gets what they ask for,
 * at once.
 */
export class StoredFile implements Ciphertext {
  size = 0;
  readonly #url: string;
  #ahead: Stretch | null = null;
  /** One after the other: neighbours share what was read ahead. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(url: string) {
    this.#url = url;
  }

  /** Throws Refused, and Trouble `network`. */
  read(offset: number, length: number): Promise<Bytes> {
    const read = this.#turn.then(() =>
      // What was read ahead may have stood for as long as somebody paused, and be cut off by now.
      this.#read(offset, length).catch((error: unknown) => this.#readAgain(error, offset, length)),
    );
    this.#turn = read.catch(() => undefined);
    return read;
  }

  async #read(offset: number, length: number): Promise<Bytes> {
    const ahead = this.#ahead;
    const isInside = ahead !== null && ahead.begin <= offset && offset <= ahead.end;
    if (!isInside) return await this.#readAnew(offset, length, length);
    const end = Math.min(offset + length, this.size);
    const begun = await ahead.until(offset, Math.min(end, ahead.end));
    const rest = end - ahead.end;
    if (rest <= 0) return begun;
    const next = Math.max(rest, Math.min(2 * (ahead.end - ahead.begin), MOST_AHEAD));
    return joined(begun, await this.#readAnew(ahead.end, rest, next));
  }

  async #readAgain(error: unknown, offset: number, length: number): Promise<Bytes> {
    this.#leave();
    if (!(error instanceof Trouble)) throw error;
    try {
      return await this.#readAnew(offset, length, length);
    } catch (again) {
      this.#leave();
      throw again;
    }
  }

  #leave(): void {
    this.#ahead?.leave();
    this.#ahead = null;
  }

  async #readAnew(offset: number, length: number, ahead: number): Promise<Bytes> {
    const stretch = await this.#ask(offset, ahead);
    this.#ahead = stretch;
    return await stretch.until(offset, Math.min(offset + length, stretch.end));
  }

  async #ask(offset: number, length: number): Promise<Stretch> {
    this.#leave();
    const asked = { Range: `bytes=${offset}-${offset + length - 1}` };
    const response = await fetch(this.#url, { headers: asked, cache: "no-store" }).catch(() => {
      throw new Trouble("network");
    });
    if (response.status === 416) return new Stretch(offset, offset, null);
    if (response.status !== 206 || !response.body) throw await refused(response);
    const [, begin, last, size] =
      /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "") ?? [];
    if (Number(begin) !== offset || !size) throw new Trouble("network");
    this.size = Number(size);
    return new Stretch(offset, Number(last) + 1, response.body.getReader());
  }
}

/** The whole of what is small; empty where there is nothing. Throws Refused, Trouble `network`. */
export async function tailOf(url: string): Promise<Bytes> {
  const response = await fetch(url, { cache: "no-store" }).catch(() => {
    throw new Trouble("network");
  });
  if (!response.ok) throw await refused(response);
  return new Uint8Array(await response.arrayBuffer());
}

async function refused(response: Response): Promise<Refused> {
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  return new Refused(response.status, problem);
}

/** One answer, which is read as it comes. */
class Stretch {
  readonly begin: number;
  /** Behind its last octet. */
  readonly end: number;
  readonly #reader: ReadableStreamDefaultReader<Bytes> | null;
  readonly #octets: Bytes;
  #filled = 0;

  constructor(begin: number, end: number, reader: ReadableStreamDefaultReader<Bytes> | null) {
    this.begin = begin;
    this.end = end;
    this.#reader = reader;
    this.#octets = new Uint8Array(end - begin);
  }

  async until(offset: number, end: number): Promise<Bytes> {
    while (this.begin + this.#filled < end) {
      const { value } = (await this.#reader?.read().catch(() => null)) ?? {};
      if (!value) throw new Trouble("network");
      this.#octets.set(value, this.#filled);
      this.#filled += value.length;
    }
    return this.#octets.slice(offset - this.begin, end - this.begin);
  }

  leave(): void {
    this.#reader?.cancel().catch(() => undefined);
  }
}
