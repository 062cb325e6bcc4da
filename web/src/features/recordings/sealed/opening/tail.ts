/** The tail of a part that was never finished: the octets that were in no chunk yet (FORMAT.md). */

import { type Bytes, joined, number, utf8 } from "./bytes";
import { TAG, UNIQUE } from "./cobblestone";
import type { DataKey } from "./datakey";

const HEAD = 12;

/** What continues `size` octets of plaintext without a gap, as far as it is authentic. */
export async function continuation(
  key: DataKey,
  prefix: Bytes,
  tail: Bytes,
  size: number,
): Promise<Bytes> {
  const info = joined(utf8("carelay tail 1\0"), prefix.slice(0, UNIQUE));
  const raw = await key.expand(info, 32);
  const aead = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  let [found, at] = [new Uint8Array(0), 0];
  while (at + HEAD <= tail.length) {
    const head = tail.slice(at, at + HEAD);
    const view = new DataView(head.buffer);
    const [offset, length] = [Number(view.getBigUint64(0)), view.getUint32(8)];
    const sealed = tail.slice(at + HEAD, at + HEAD + length + TAG);
    const record = await decrypted(aead, offset, head, sealed);
    if (record === null) break;
    const end = size + found.length;
    if (offset <= end && end < offset + record.length)
      found = joined(found, record.slice(end - offset));
    at += HEAD + length + TAG;
  }
  return found;
}

/** Null: it is torn or was changed. */
async function decrypted(
  key: CryptoKey,
  offset: number,
  head: Bytes,
  sealed: Bytes,
): Promise<Bytes | null> {
  const algorithm = { name: "AES-GCM", iv: number(offset, 12), additionalData: head };
  const opened = await crypto.subtle.decrypt(algorithm, key, sealed).catch(() => null);
  return opened && new Uint8Array(opened);
}
