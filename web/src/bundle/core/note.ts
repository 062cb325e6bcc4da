/** Text signed with Ed25519 keys, as C2SP's signed-note has it: https://c2sp.org/signed-note */

import { hashes, verify as verifies } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { decoded, digest, fromBase64, hex, joined, type Octets, utf8 } from "./octets";

hashes.sha512 = sha512;

const ED25519 = 1;
const KEY_ID_SIZE = 4;
const SIGNATURE = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a note has none but newlines
const CONTROLS = /[\0-\x09\x0b-\x1f]/;

export interface Signature {
  readonly name: string;
  readonly keyId: string;
  readonly value: Octets;
}

export interface Note {
  readonly text: string;
  readonly signatures: readonly Signature[];
}

/** A public key, and the name of who signs with it. */
export interface Verifier {
  readonly name: string;
  readonly keyId: string;
  readonly key: Octets;
  /** As it is published. */
  readonly vkey: string;
}

/** What is not as it should be; the words are for a page to find. */
export class NotSigned extends Error {}

/** Throws NotSigned. */
export function parseKey(text: string): Verifier {
  const vkey = text.trim();
  const [name, keyId, ...rest] = vkey.split("+");
  const typed = fromBase64(rest.join("+"));
  if (!name || !keyId || typed?.length !== 33 || typed[0] !== ED25519)
    throw new NotSigned("not a public key of Ed25519");
  if (hex(digest(utf8(`${name}\n`), typed).subarray(0, KEY_ID_SIZE)) !== keyId)
    throw new NotSigned("the key is damaged: its id does not fit it");
  return { name, keyId, key: typed.slice(1), vkey };
}

/** Whatever it says is unproved until `open`. Throws NotSigned. */
export function parseNote(data: Octets): Note {
  const whole = textOf(data);
  const gap = whole.lastIndexOf("\n\n");
  if (CONTROLS.test(whole) || gap < 0 || !whole.endsWith("\n")) throw new NotSigned("not a note");
  const lines = whole.slice(gap + 2, -1).split("\n");
  return { text: whole.slice(0, gap + 1), signatures: lines.map(signature) };
}

function textOf(data: Octets): string {
  try {
    return decoded(data);
  } catch {
    throw new NotSigned("not UTF-8");
  }
}

function signature(line: string): Signature {
  const [, name = "", encoded = ""] = SIGNATURE.exec(line) ?? [];
  const value = fromBase64(encoded);
  if (value === null || value.length <= KEY_ID_SIZE) throw new NotSigned("not a signature");
  return {
    name,
    keyId: hex(value.subarray(0, KEY_ID_SIZE)),
    value: value.slice(KEY_ID_SIZE),
  };
}

/** Which of the keys has signed it; each of its signatures has to be right. Throws NotSigned. */
export function signerOf(note: Note, keys: readonly Verifier[]): Verifier {
  const signing = keys.findLast((key) => note.signatures.some((one) => isOf(one, key)));
  if (signing === undefined) throw new NotSigned("not signed by a key of the log");
  for (const one of note.signatures.filter((each) => isOf(each, signing)))
    if (!isRight(one, note.text, signing)) throw new NotSigned("the signature does not fit");
  return signing;
}

const isOf = (one: Signature, key: Verifier) => one.name === key.name && one.keyId === key.keyId;

function isRight(one: Signature, text: string, { key }: Verifier): boolean {
  try {
    return verifies(one.value, joined(utf8(text)), key, { zip215: false });
  } catch {
    return false;
  }
}
