/**
 * What a bundle has of the audit log: rows with proofs (https://c2sp.org/tlog-proof) that lead to a
 * signed checkpoint (https://c2sp.org/tlog-checkpoint), and how one key followed another.
 */

import { NotSigned, parseKey, parseNote, signerOf, type Verifier } from "./note";
import { decoded, digest, equal, fromBase64, type Octets, utf8 } from "./octets";

const PROOF = "c2sp.org/tlog-proof@v1";
const SUCCESSION = "carelay/audit key succession v1";
const NUMBER = /^(0|[1-9][0-9]{0,15})$/;

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Octets;
}

export interface ProvedRow {
  /** The octets that were hashed. */
  readonly leaf: Octets;
  readonly index: number;
  readonly checkpoint: Checkpoint;
}

/** The row, if it is in the log. Throws NotSigned. */
export function proved(data: Octets, keys: readonly Verifier[]): ProvedRow {
  const { head, signed } = parted(data);
  const [first, extra = "", place = "", ...lines] = head.split("\n");
  const index = place.startsWith("index ") ? number(place.slice(6)) : null;
  if (first !== PROOF || !extra.startsWith("extra ") || index === null)
    throw new NotSigned("not a proof");
  const leaf = base64(extra.slice(6));
  const path = lines.map(base64);
  const checkpoint = opened(signed, keys);
  if (!isIncluded(leafHash(leaf), index, checkpoint, path))
    throw new NotSigned("the proof does not lead to the checkpoint");
  return { leaf, index, checkpoint };
}

/** The key that follows `before`. Throws NotSigned. */
export function successor(data: Octets, before: Verifier): Verifier {
  const note = parseNote(data);
  const [first, by, after, ...rest] = note.text.split("\n");
  if (first !== SUCCESSION || by !== before.vkey || after === undefined || rest.length !== 1)
    throw new NotSigned("it does not follow the key before it");
  signerOf(note, [before]);
  return parseKey(after);
}

function opened(data: Octets, keys: readonly Verifier[]): Checkpoint {
  const note = parseNote(data);
  const [origin = "", size = "", root = "", ...rest] = note.text.split("\n");
  const count = number(size);
  if (count === null || rest.at(-1) !== "") throw new NotSigned("not a checkpoint");
  signerOf(
    note,
    keys.filter(({ name }) => name === origin),
  );
  return { origin, size: count, root: base64(root) };
}

function parted(data: Octets): { head: string; signed: Octets } {
  const gap = data.findIndex((octet, at) => octet === 10 && data[at + 1] === 10);
  if (gap < 0) throw new NotSigned("not a proof");
  try {
    return { head: decoded(data.slice(0, gap)), signed: data.slice(gap + 2) };
  } catch {
    throw new NotSigned("not UTF-8");
  }
}

function base64(text: string): Octets {
  const data = fromBase64(text);
  if (data === null) throw new NotSigned("not base64");
  return data;
}

const number = (text: string): number | null => (NUMBER.test(text) ? Number(text) : null);

export const leafHash = (leaf: Octets): Octets => digest(utf8("\0"), leaf);
const nodeHash = (left: Octets, right: Octets): Octets => digest(utf8("\x01"), left, right);

/** RFC 9162, section 2.1.3.2. Sizes are far below 2**53, and halved without bit operations. */
export function isIncluded(
  leaf: Octets,
  index: number,
  { size, root }: Pick<Checkpoint, "size" | "root">,
  path: readonly Octets[],
): boolean {
  if (index >= size) return false;
  let [here, last, found] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0 || sibling.length !== 32) return false;
    if (here % 2 === 1 || here === last) {
      found = nodeHash(sibling, found);
      while (here % 2 === 0 && here !== 0) [here, last] = [here / 2, Math.floor(last / 2)];
    } else found = nodeHash(found, sibling);
    [here, last] = [Math.floor(here / 2), Math.floor(last / 2)];
  }
  return last === 0 && equal(found, root);
}
