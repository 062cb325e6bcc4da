/** What a bundle consists of. Its twin is storage/bundle/manifest.py. */

import { NotSigned, parseNote, signerOf, type Verifier } from "./note";
import { decoded, digest, equal, hex, type Octets, utf8 } from "./octets";

export const MANIFEST = "manifest.json";
export const NOTE = "manifest.note";
const FORMAT = "carelay recording bundle 1";
const FIRST_LINE = "carelay recording bundle v1";
const PATH = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
const AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

export interface BundledFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly contents: "film" | "parts" | "encrypted";
  readonly recording_id: string;
  readonly made_at: string;
  readonly files: readonly BundledFile[];
}

/** Null for what is not one, in its one encoding. */
export function parseManifest(data: Octets): Manifest | null {
  try {
    const { contents, files, format, made_at, recording_id } = JSON.parse(decoded(data));
    const again = {
      contents,
      files: files.map(({ path, sha256, size }: BundledFile) => ({ path, sha256, size })),
      format,
      made_at,
      recording_id,
    };
    if (format !== FORMAT || !equal(utf8(JSON.stringify(again)), data)) return null;
    return isSound(again) ? again : null;
  } catch {
    return null;
  }
}

function isSound({ contents, files, made_at }: Manifest): boolean {
  const paths = files.map(({ path }) => path);
  return (
    ["film", "parts", "encrypted"].includes(contents) &&
    AT.test(made_at) &&
    !Number.isNaN(Date.parse(made_at)) &&
    paths.every((path) => PATH.test(path)) &&
    new Set([...paths, MANIFEST, NOTE]).size === paths.length + 2 &&
    files.every(({ size }) => Number.isSafeInteger(size) && size >= 0)
  );
}

/** Whose signature the manifest has. Throws NotSigned. */
export function manifestSigner(data: Octets, signed: Octets, keys: readonly Verifier[]): Verifier {
  const note = parseNote(signed);
  const [first, , sha256, ...rest] = note.text.split("\n");
  if (first !== FIRST_LINE || rest.length !== 1 || note.signatures.length !== 1)
    throw new NotSigned("not about the manifest of a bundle");
  const signer = signerOf(note, keys);
  if (sha256 !== hex(digest(data))) throw new NotSigned("about another manifest");
  return signer;
}
