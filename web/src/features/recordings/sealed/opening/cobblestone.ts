/**
 * C2SP chunked encryption, Cobblestone-256 (https://c2sp.org/chunked-encryption), as a part of a
 * recording is stored: a header of 40 octets, which is the message's context, then the message.
 */

import { type Bytes, equal, fromHex, joined, utf8 } from "./bytes";
import type { DataKey } from "./datakey";
import { Trouble } from "./trouble";

export const CHUNK = 16 * 1024;
export const TAG = 16;
export const SEALED_CHUNK = CHUNK + TAG;
const HEADER = 40;
const SALT = 24;
const COMMITMENT = 32;
/** Octets of the file before its first chunk. */
export const PREFIX = HEADER + SALT + COMMITMENT;
/** Those of them that no two files share. */
export const UNIQUE = HEADER + SALT;

const INFO = utf8("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0");

/** What the file of a part begins with. Both ids are 32 hexadecimal digits. */
export function header(recordingId: string, partId: string): Bytes {
  return joined(utf8("carelay"), Uint8Array.of(1), fromHex(recordingId), fromHex(partId));
}

/** Where a chunk begins in the file. */
export const chunkAt = (index: number): number => PREFIX + index * SEALED_CHUNK;

/** Octets of the whole file of so many octets of plaintext. */
export const storedSize = (plaintext: number): number =>
  chunkAt(Math.floor(plaintext / CHUNK)) + (plaintext % CHUNK) + TAG;

/** Decrypts the chunks of one file. */
export class Message {
  readonly #key: CryptoKey;
  readonly #nonce: Bytes;

  private constructor(key: CryptoKey, nonce: Bytes) {
    this.#key = key;
    this.#nonce = nonce;
  }

  /**
   * By the first octets of its file. Throws Trouble `part_cut_off`, `part_not_its_own` where
   * another part is in its place, and `part_not_of_this_key`.
   */
  static async open(key: DataKey, expected: Bytes, prefix: Bytes): Promise<Message> {
    if (prefix.length < PREFIX) throw new Trouble("part_cut_off");
    if (!equal(prefix.slice(0, HEADER), expected)) throw new Trouble("part_not_its_own");
    const info = joined(INFO, prefix.slice(HEADER, UNIQUE), expected);
    const derived = await key.expand(info, 32 + 12 + COMMITMENT);
    if (!equal(derived.slice(44), prefix.slice(UNIQUE, PREFIX)))
      throw new Trouble("part_not_of_this_key");
    const aead = await crypto.subtle.importKey("raw", derived.slice(0, 32), "AES-GCM", false, [
      "decrypt",
    ]);
    derived.fill(0, 0, 32);
    return new Message(aead, derived.slice(32, 44));
  }

  /** The plaintext of one chunk. Throws Trouble `part_damaged`. */
  async chunk(index: number, sealed: Bytes): Promise<Bytes> {
    const opened = await crypto.subtle
      .decrypt({ name: "AES-GCM", iv: this.#nonceOf(index) }, this.#key, sealed)
      .catch(() => {
        throw new Trouble("part_damaged");
      });
    return new Uint8Array(opened);
  }

  #nonceOf(index: number): Bytes {
    const nonce = this.#nonce.slice();
    for (let at = 11, rest = index; rest > 0; at--, rest = Math.floor(rest / 256))
      nonce[at] = (nonce[at] ?? 0) ^ (rest % 256);
    return nonce;
  }
}
