/** The files of a bundle: in the archive that somebody chose, or in the folder they unpacked. */

import { MANIFEST, type Manifest, NOTE, parseManifest } from "./manifest";
import type { Octets } from "./octets";
import { firstEntry, HEADER_SIZE, layout } from "./zip";

export interface Files {
  readonly manifestData: Octets;
  readonly manifest: Manifest;
  /** Absent: there is none of that name. A part of what was chosen, of which nothing is read. */
  readonly file: (path: string) => Blob | undefined;
  /** The archive itself, where it is one, with the sizes of its files in their order. */
  readonly archive?: { readonly blob: Blob; readonly sizes: ReadonlyMap<string, number> };
  /** Files in the folder that are not of the bundle. */
  readonly strange: readonly string[];
}

/** Why nothing can be read. */
export type Unreadable = "not_a_bundle" | "remade" | "bad_manifest";

export const octetsOf = async (blob: Blob): Promise<Octets> =>
  new Uint8Array(await blob.arrayBuffer());

/** An archive as the server made it. */
export async function archiveFiles(blob: Blob): Promise<Files | Unreadable> {
  const first = await entryAt(blob, 0, MANIFEST);
  if (typeof first === "string") return first;
  const manifestData = await octetsOf(blob.slice(first.begin, first.end));
  const manifest = parseManifest(manifestData);
  const note = await entryAt(blob, first.end, NOTE);
  if (manifest === null || typeof note === "string") return "bad_manifest";
  const sizes = new Map([
    [MANIFEST, manifestData.length],
    [NOTE, note.end - note.begin],
    ...manifest.files.map(({ path, size }) => [path, size] as const),
  ]);
  const entries = [...sizes].map(([name, size]) => ({ name, size, crc: 0 }));
  const { offsets } = layout(entries, new Date(manifest.made_at));
  const places = new Map(entries.map(({ name }, index) => [name, offsets[index] ?? 0]));
  const file = (path: string) => {
    const [begin, size] = [places.get(path), sizes.get(path)];
    return begin === undefined || size === undefined ? undefined : blob.slice(begin, begin + size);
  };
  return { manifestData, manifest, file, archive: { blob, sizes }, strange: [] };
}

async function entryAt(blob: Blob, place: number, name: string) {
  const begin = place + HEADER_SIZE + name.length;
  const header = await octetsOf(blob.slice(place, begin));
  const found = firstEntry(header);
  if (found === null) return "not_a_bundle";
  return found.name === name ? { begin, end: begin + found.size } : "remade";
}

/** Left by the systems that folders are looked at with. */
const DEBRIS = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$/;

/** What was unpacked, with the paths as the browser tells them. */
export async function folderFiles(chosen: ReadonlyMap<string, Blob>): Promise<Files | Unreadable> {
  const root = [...chosen.keys()]
    .filter((path) => path === MANIFEST || path.endsWith(`/${MANIFEST}`))
    .toSorted((one, other) => one.length - other.length)[0]
    ?.slice(0, -MANIFEST.length);
  if (root === undefined) return "not_a_bundle";
  const inside = new Map(
    [...chosen]
      .filter(([path]) => path.startsWith(root))
      .map(([path, blob]) => [path.slice(root.length), blob] as const),
  );
  const blob = inside.get(MANIFEST);
  const manifestData = blob ? await octetsOf(blob) : new Uint8Array();
  const manifest = parseManifest(manifestData);
  if (manifest === null) return "bad_manifest";
  const ours = new Set([MANIFEST, NOTE, ...manifest.files.map(({ path }) => path)]);
  const strange = [...inside.keys()].filter((path) => !ours.has(path) && !DEBRIS.test(path));
  return { manifestData, manifest, file: (path) => inside.get(path), strange };
}
