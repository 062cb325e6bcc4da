/** The file of a private key of sealed recordings, as it is kept (FORMAT.md). */

import { type Bytes, fromBase64, joined, toHex, utf8 } from "./bytes";
import { Trouble } from "./trouble";

export const FORMAT = "carelay private key 1 of sealed recordings";
const MOST_COST = 2 ** 20;

/** Nobody opens it without its passphrase. */
export interface KeyFile {
  readonly keyId: string;
  readonly publicKey: Bytes;
  readonly scrypt: {
    readonly salt: Bytes;
    readonly N: number;
    readonly r: number;
    readonly p: number;
  };
  readonly nonce: Bytes;
  readonly sealedSeed: Bytes;
}

/** Throws Trouble `not_a_key` for any other file, and for one that is damaged. */
export async function readKeyFile(text: string): Promise<KeyFile> {
  try {
    const { format, key_id, public_key, scrypt, nonce, sealed_seed } = JSON.parse(text);
    const publicKey = fromBase64(public_key);
    const [N, r, p] = [
      within(scrypt.n, 2, MOST_COST),
      within(scrypt.r, 1, 8),
      within(scrypt.p, 1, 4),
    ];
    const keyId = await keyIdOf(publicKey);
    if (format !== FORMAT || keyId !== key_id || !Number.isInteger(Math.log2(N))) throw new Error();
    return {
      keyId,
      publicKey,
      scrypt: { salt: fromBase64(scrypt.salt), N, r, p },
      nonce: fromBase64(nonce),
      sealedSeed: fromBase64(sealed_seed),
    };
  } catch {
    throw new Trouble("not_a_key");
  }
}

function within(value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && least <= value && value <= most)
    return value;
  throw new Error();
}

async function keyIdOf(publicKey: Bytes): Promise<string> {
  const named = joined(utf8("carelay sealed key id 1\0"), publicKey);
  const digest = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", named)));
  return `sealed-${digest.slice(0, 9)}`;
}
