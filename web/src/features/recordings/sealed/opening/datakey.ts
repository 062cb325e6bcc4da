/** The key of one recording: it encrypts the parts, and authenticates what is said of them. */

import { type Bytes, equal, joined, toHex, utf8 } from "./bytes";

const ZERO = Uint8Array.of(0);

/** No script can take it out of the browser again. */
export class DataKey {
  /** SHA-256 by which the audit log knows it. */
  readonly digest: string;
  readonly #expanding: CryptoKey;

  private constructor(digest: string, expanding: CryptoKey) {
    this.digest = digest;
    this.#expanding = expanding;
  }

  /** Takes the octets, which are zero afterwards. */
  static async take(raw: Bytes, recordingId: string): Promise<DataKey> {
    const named = utf8("carelay data key digest 1\0");
    const digest = await crypto.subtle.digest(
      "SHA-256",
      joined(named, utf8(recordingId), ZERO, raw),
    );
    const hmac = { name: "HMAC", hash: "SHA-512" };
    const expanding = await crypto.subtle.importKey("raw", raw, hmac, false, ["sign"]);
    raw.fill(0);
    return new DataKey(toHex(new Uint8Array(digest)), expanding);
  }

  /** HKDF-Expand (RFC 5869 section 2.3) with SHA-512. */
  async expand(info: Bytes, length: number): Promise<Bytes> {
    let [made, block] = [new Uint8Array(0), new Uint8Array(0)];
    for (let count = 1; made.length < length; count++) {
      const input = joined(block, info, Uint8Array.of(count));
      block = new Uint8Array(await crypto.subtle.sign("HMAC", this.#expanding, input));
      made = joined(made, block);
    }
    return made.slice(0, length);
  }

  /** Whether the server wrote this text, `code` being what it wrote beside it. */
  async wrote(purpose: string, text: string, code: Bytes): Promise<boolean> {
    const raw = await this.expand(joined(utf8(purpose), ZERO), 32);
    const hmac = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", raw, hmac, false, ["sign"]);
    return equal(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(text))), code);
  }
}
