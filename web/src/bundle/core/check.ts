/**
 * Whether a bundle is as the server made it, judged by nothing but itself and the key that one
 * trusts. Its twin is storage/bundle/check.py.
 */

import { type Files, octetsOf } from "./files";
import { type Checkpoint, type ProvedRow, proved, successor } from "./log";
import { MANIFEST, manifestSigner, NOTE } from "./manifest";
import { NotSigned, parseKey, type Verifier } from "./note";
import { crc32, equal, Fingerprint } from "./octets";
import { layout } from "./zip";

export const LOG_KEY = "audit/log.pub";
const SUCCESSIONS = "audit/key-";
const PROOFS = "audit/row-";
const PIECE = 4 * 2 ** 20;

/** What is wrong with which file: words of its own for each, in the reader's language. */
export interface Problem {
  readonly kind:
    | "missing"
    | "changed"
    | "header"
    | "directory"
    | "key"
    | "succession"
    | "signature"
    | "proof";
  readonly path: string;
}

export interface Checked {
  readonly problems: readonly Problem[];
  /** Of the log: the first, and those that followed. */
  readonly keys: readonly Verifier[];
  readonly signer: Verifier | null;
  readonly checkpoint: Checkpoint | null;
  readonly rows: readonly ProvedRow[];
}

/** Reads every octet; `told` hears how many of how many. */
export async function check(
  files: Files,
  told: (done: number, total: number) => void = () => undefined,
): Promise<Checked> {
  const problems: Problem[] = [];
  const crcs = await hashAll(files, problems, told);
  await compareArchive(files, crcs, problems);
  const keys = await findKeys(files, problems);
  const signer = keys.length > 0 ? await findSigner(files, keys, problems) : null;
  const rows = keys.length > 0 ? await proveRows(files, keys, problems) : [];
  const checkpoint = rows.reduce<Checkpoint | null>(
    (largest, row) => (row.checkpoint.size > (largest?.size ?? -1) ? row.checkpoint : largest),
    null,
  );
  return { problems, keys, signer, checkpoint, rows };
}

async function hashAll(
  files: Files,
  problems: Problem[],
  told: (done: number, total: number) => void,
): Promise<Map<string, number>> {
  const crcs = new Map([[MANIFEST, crc32(files.manifestData)]]);
  const total = files.manifest.files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const { path, size, sha256 } of files.manifest.files) {
    const blob = files.file(path);
    if (blob === undefined) {
      problems.push({ kind: "missing", path });
      continue;
    }
    const fingerprint = new Fingerprint();
    for (let place = 0; place < blob.size; place += PIECE) {
      fingerprint.add(await octetsOf(blob.slice(place, place + PIECE)));
      told(Math.min(total, done + place + PIECE), total);
    }
    done += size;
    const found = fingerprint.end();
    crcs.set(path, found.crc);
    if (blob.size !== size || found.sha256 !== sha256) problems.push({ kind: "changed", path });
  }
  told(total, total);
  return crcs;
}

/** What is between the files, and behind the last of them. */
async function compareArchive(
  { archive, manifest, file }: Files,
  crcs: Map<string, number>,
  problems: Problem[],
): Promise<void> {
  if (archive === undefined) return;
  const note = file(NOTE);
  if (note !== undefined) crcs.set(NOTE, crc32(await octetsOf(note)));
  const entries = [...archive.sizes].map(([name, size]) => ({
    name,
    size,
    crc: crcs.get(name) ?? 0,
  }));
  const expected = layout(entries, new Date(manifest.made_at));
  const changed = new Set(problems.map(({ path }) => path));
  for (const [index, { name }] of entries.entries()) {
    const header = expected.headers[index] ?? new Uint8Array();
    const end = expected.offsets[index] ?? 0;
    const there = await octetsOf(archive.blob.slice(end - header.length, end));
    if (!changed.has(name) && !equal(there, header)) problems.push({ kind: "header", path: name });
  }
  const directory = await octetsOf(archive.blob.slice(expected.size - expected.directory.length));
  if (problems.length === 0 && !equal(directory, expected.directory))
    problems.push({ kind: "directory", path: "" });
}

async function findKeys(files: Files, problems: Problem[]): Promise<Verifier[]> {
  const keys: Verifier[] = [];
  await attempt(problems, { kind: "key", path: LOG_KEY }, async () => {
    keys.push(parseKey(new TextDecoder().decode(await content(files, LOG_KEY))));
  });
  for (const { path } of files.manifest.files.filter(({ path }) => path.startsWith(SUCCESSIONS))) {
    const before = keys.at(-1);
    if (before === undefined) break;
    await attempt(problems, { kind: "succession", path }, async () => {
      keys.push(successor(await content(files, path), before));
    });
  }
  return keys;
}

async function findSigner(
  files: Files,
  keys: readonly Verifier[],
  problems: Problem[],
): Promise<Verifier | null> {
  let signer: Verifier | null = null;
  await attempt(problems, { kind: "signature", path: NOTE }, async () => {
    signer = manifestSigner(files.manifestData, await content(files, NOTE), keys);
  });
  return signer;
}

async function proveRows(
  files: Files,
  keys: readonly Verifier[],
  problems: Problem[],
): Promise<ProvedRow[]> {
  const rows: ProvedRow[] = [];
  for (const { path } of files.manifest.files.filter(({ path }) => path.startsWith(PROOFS)))
    await attempt(problems, { kind: "proof", path }, async () => {
      rows.push(proved(await content(files, path), keys));
    });
  return rows;
}

async function content(files: Files, path: string) {
  const blob = files.file(path);
  if (blob === undefined) throw new NotSigned("it is missing");
  return octetsOf(blob);
}

async function attempt(
  problems: Problem[],
  problem: Problem,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof NotSigned)) throw error;
    problems.push(problem);
  }
}
