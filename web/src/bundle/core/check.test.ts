import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { check } from "./check";
import { archiveFiles, type Files, folderFiles } from "./files";
import { MANIFEST, NOTE } from "./manifest";
import { layout } from "./zip";

const VECTOR = new Uint8Array(
  readFileSync(new URL("../../../../tests/vectors/bundle_1.zip", import.meta.url)),
);
/** Between two octets that are changed; a prime, so that no field is always spared. */
const STEP = 101;

async function opened(data: Uint8Array<ArrayBuffer>): Promise<Files> {
  const files = await archiveFiles(new Blob([data]));
  if (typeof files === "string") throw new Error(files);
  return files;
}

const problemsOf = async (data: Uint8Array<ArrayBuffer>) => {
  const files = await archiveFiles(new Blob([data]));
  return typeof files === "string" ? [files] : (await check(files)).problems;
};

describe("a bundle", () => {
  test("is judged by itself", async () => {
    const heard: number[] = [];
    const found = await check(await opened(VECTOR), (done) => heard.push(done));
    expect(found.problems).toEqual([]);
    expect(found.keys.map(({ keyId }) => keyId)).toHaveLength(2);
    expect(found.signer).toEqual(found.keys[1]);
    expect(found.checkpoint?.size).toBe(5);
    expect(found.rows.map(({ index }) => index)).toEqual([1, 3, 4]);
    expect(heard.at(-1)).toBeGreaterThan(5000);
  });

  test("that was changed anywhere is refused", async () => {
    for (let place = 0; place < VECTOR.length; place += STEP) {
      const changed = VECTOR.slice();
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(await problemsOf(changed), `octet ${place}`).not.toEqual([]);
    }
  }, 60_000); // a hundred bundles, on whatever machine

  test("that was changed in a file names it", async () => {
    const files = await opened(VECTOR);
    for (const { path, size } of files.manifest.files) {
      const changed = VECTOR.slice();
      const place = placeOf(files, path) + Math.floor(size / 2);
      changed[place] = (changed[place] ?? 0) ^ 1;
      const problems = (await check(await opened(changed))).problems;
      expect(problems.map((problem) => problem.path)).toContain(path);
    }
  });

  test("that was cut off or goes on is refused", async () => {
    expect(await problemsOf(VECTOR.slice(0, -1))).not.toEqual([]);
    expect(await problemsOf(new Uint8Array([...VECTOR, 0]))).not.toEqual([]);
    expect(await problemsOf(new Uint8Array())).toEqual(["not_a_bundle"]);
  });

  test("may be unpacked, wherever its folder is", async () => {
    const archive = await opened(VECTOR);
    const paths = [MANIFEST, NOTE, ...archive.manifest.files.map(({ path }) => path)];
    const folder = new Map(paths.map((path) => [`Downloads/it/${path}`, blobOf(archive, path)]));
    folder.set("Downloads/it/.DS_Store", new Blob());
    folder.set("Downloads/it/media/other.webm", new Blob(["other"]));
    const files = await folderFiles(folder);
    if (typeof files === "string") throw new Error(files);
    expect(files.strange).toEqual(["media/other.webm"]);
    expect((await check(files)).problems).toEqual([]);
    folder.delete(`Downloads/it/${NOTE}`);
    const again = await folderFiles(folder);
    if (typeof again === "string") throw new Error(again);
    expect((await check(again)).problems).toEqual([{ kind: "signature", path: NOTE }]);
  });
});

test("numbers beyond 32 bits are written as ZIP64 has them", () => {
  const made = layout(
    [
      { name: "large", size: 2 ** 32 + 5, crc: 0 },
      { name: "behind", size: 3, crc: 0 },
    ],
    new Date("2026-03-01T14:22:00Z"),
  );
  expect(made.headers.map(({ length }) => length)).toEqual([30 + 5 + 20, 30 + 6]);
  expect(made.directory.length).toBe(46 + 5 + 20 + 46 + 6 + 12 + 56 + 20 + 22);
});

function placeOf(files: Files, wanted: string): number {
  const entries = [...(files.archive?.sizes ?? [])].map(([name, size]) => ({ name, size, crc: 0 }));
  const { offsets } = layout(entries, new Date(files.manifest.made_at));
  return offsets[entries.findIndex(({ name }) => name === wanted)] ?? 0;
}

function blobOf(files: Files, path: string): Blob {
  const blob = files.file(path);
  if (blob === undefined) throw new Error(path);
  return blob;
}
