import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { ProvedRow, SealedRecording } from "../../../../shared/api/schema";
import { type Bytes, equal, fromBase64, toHex } from "./bytes";
import { readKeyFile } from "./keyfile";
import type { Playable } from "./part";
import { PrivateKey } from "./privatekey";
import { openRecording } from "./recording";
import type { Ciphertext } from "./storedfile";

/** Made by the server's own code; a test of the storage keeps it as that is today. */
const VECTOR = JSON.parse(
  readFileSync(
    new URL("../../../../../../tests/vectors/sealed_recording_1.json", import.meta.url),
    {
      encoding: "utf8",
    },
  ),
);
const { whole, torn } = VECTOR;

let key: PrivateKey;
beforeAll(async () => {
  key = await PrivateKey.open(await readKeyFile(VECTOR.private_key), VECTOR.passphrase);
});

const stored: Record<string, Bytes> = {
  whole: fromBase64(whole.file),
  torn: fromBase64(torn.file),
  tail: fromBase64(torn.tail),
};

interface Changes {
  sealed?: Partial<SealedRecording>;
  files?: Record<string, Bytes>;
  whole?: Partial<ProvedRow>;
}

async function opened({ sealed = {}, files = {}, whole: row = {} }: Changes = {}) {
  const has = { ...stored, ...files };
  const read = (name: string) => has[name] ?? new Uint8Array(0);
  const recording: SealedRecording = {
    recording_id: VECTOR.recording_id,
    key_id: VECTOR.key_id,
    wrapped_key: VECTOR.wrapped_key,
    data_key_sha256: VECTOR.data_key_sha256,
    proved: VECTOR.row,
    parts: [
      { part_id: whole.part_id, proved: { ...whole.row, ...row }, url: "whole", tail_url: null },
      { part_id: torn.part_id, proved: torn.row, url: "torn", tail_url: "tail" },
    ],
    ...sealed,
  };
  return await openRecording(
    key,
    recording,
    { of: (url) => inMemory(read(url)), tail: async (url) => read(url) },
    () => undefined,
  );
}

function inMemory(file: Bytes): Ciphertext {
  return { size: file.length, read: async (at, length) => file.slice(at, at + length) };
}

/** With one bit of it another. */
function flipped(file: Bytes, at: number): Bytes {
  const changed = file.slice();
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}

async function troubles(changes: Changes) {
  const { isAuthentic, parts } = await opened(changes);
  return [isAuthentic, ...parts.map(({ trouble }) => trouble)];
}

async function partOf(found: { playable: ReadonlyMap<string, Playable> }, id: string) {
  const playable = found.playable.get(id);
  if (!playable) throw new Error("it is not playable");
  return playable;
}

async function sha256(octets: Bytes) {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", octets)));
}

describe("a sealed recording that the server has written", () => {
  test("opens with its key, part by part, as its rows say", async () => {
    const found = await opened();
    expect(found.isAuthentic).toBe(true);
    expect(
      found.parts.map(({ row, trouble }) => [row?.participant_id, row?.state, trouble]),
    ).toEqual([
      ["alex", "sealed", null],
      ["elena", "torn", null],
    ]);
  });

  test("plays a whole part: its header, then the plaintext behind its own", async () => {
    const part = await partOf(await opened(), whole.part_id);
    const [header, body] = [11, 40_000 - 100];
    expect(part.size).toBe(header + body);
    const played = await part.read(0, part.size);
    expect(new TextDecoder().decode(played.slice(0, header))).toBe("seek header");
    const plaintext = Uint8Array.from({ length: 40_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);
    expect(await sha256(plaintext)).toBe(whole.plaintext_sha256);
    expect(equal(played.slice(header), plaintext.slice(100))).toBe(true);
    for (const [begin, end] of [
      [0, 5],
      [5, 20],
      [16_280, 16_310], // over the border of two chunks
      [32_000, part.size],
    ] as const)
      expect(equal(await part.read(begin, end), played.slice(begin, end))).toBe(true);
  });

  test("plays the authentic beginning of a torn part, seekable as the server makes it", async () => {
    const part = await partOf(await opened(), torn.part_id);
    const header = fromBase64(torn.seek_header);
    const played = await part.read(0, part.size);
    expect(equal(played.slice(0, header.length), header)).toBe(true);
    expect(part.durationMs).toBe(torn.duration_ms);
    expect(part.size - header.length).toBe(19_310 - torn.body_offset);
  });

  test("ends where the tail was torn, too", async () => {
    const short = await partOf(
      await opened({ files: { tail: (stored.tail ?? new Uint8Array(0)).slice(0, -30) } }),
      torn.part_id,
    );
    const bare = await partOf(await opened({ files: { tail: new Uint8Array(0) } }), torn.part_id);
    expect(bare.size).toBeLessThanOrEqual(short.size);
    expect(bare.size).toBeLessThan((await partOf(await opened(), torn.part_id)).size);
  });
});

describe("what was changed is named, and never played", () => {
  test.each([
    ["the header of a file", 20, "part_not_its_own"],
    ["its salt", 41, "part_not_of_this_key"],
    ["its commitment", 70, "part_not_of_this_key"],
    ["its last chunk", 40_000, "part_damaged"],
  ])("%s", async (_, at, trouble) => {
    const files = { whole: flipped(stored.whole as Bytes, at) };
    expect(await troubles({ files })).toEqual([true, trouble, null]);
  });

  test("a chunk in the middle, once it is read", async () => {
    const found = await opened({ files: { whole: flipped(stored.whole as Bytes, 20_000) } });
    const part = await partOf(found, whole.part_id);
    expect((await part.read(0, 10_000)).length).toBe(10_000);
    await expect(part.read(10_000, 30_000)).rejects.toThrow("part_damaged");
  });

  test("two chunks that changed places", async () => {
    const file = (stored.whole as Bytes).slice();
    const [first, second] = [file.slice(96, 16_496), file.slice(16_496, 32_896)];
    file.set(second, 96);
    file.set(first, 16_496);
    const part = await partOf(await opened({ files: { whole: file } }), whole.part_id);
    await expect(part.read(11, 20)).rejects.toThrow("part_damaged");
  });

  test.each([
    ["in a chunk", 30_000],
    ["between two", 32_896],
    ["in the header", 50],
    ["everything", 0],
  ])("a file that was cut off: %s", async (_, length) => {
    const files = { whole: (stored.whole as Bytes).slice(0, length) };
    expect(await troubles({ files })).toEqual([true, "part_cut_off", null]);
  });

  test("another part's file in its place", async () => {
    expect(await troubles({ files: { whole: stored.torn as Bytes } })).toEqual([
      true,
      "part_not_its_own",
      null,
    ]);
  });

  test("whose a part is, in its row", async () => {
    const row = whole.row.row.replace('"alex"', '"elena"');
    expect(await troubles({ whole: { row } })).toEqual([true, "part_changed", null]);
    expect(await troubles({ whole: torn.row })).toEqual([true, "part_changed", null]);
    expect(await troubles({ whole: { mac: null } })).toEqual([true, "part_changed", null]);
  });

  test("the row of the recording, or which parts it has", async () => {
    const row = VECTOR.row.row.replace('"paused"', '"stopped"');
    expect((await opened({ sealed: { proved: { ...VECTOR.row, row } } })).isAuthentic).toBe(false);
  });

  test("another recording under the same key", async () => {
    const attempt = opened({ sealed: { data_key_sha256: "00".repeat(32) } });
    await expect(attempt).rejects.toThrow("another_recording");
    const unnamed = opened({ sealed: { data_key_sha256: null } });
    await expect(unnamed).rejects.toThrow("another_recording");
    const moved = opened({ sealed: { recording_id: "1".repeat(32) } });
    await expect(moved).rejects.toThrow("key_does_not_open");
  });
});

describe("the private key", () => {
  test("is refused with another passphrase, and says nothing else", async () => {
    const file = await readKeyFile(VECTOR.private_key);
    await expect(PrivateKey.open(file, "another")).rejects.toThrow("wrong_passphrase");
  });

  test("opens with its passphrase however that was typed", async () => {
    const file = await readKeyFile(VECTOR.private_key);
    const decomposed = VECTOR.passphrase.normalize("NFD");
    expect(decomposed).not.toBe(VECTOR.passphrase);
    expect((await PrivateKey.open(file, decomposed)).keyId).toBe(VECTOR.key_id);
  });

  test("of another practice opens nothing", async () => {
    const attempt = opened({ sealed: { key_id: "sealed-000000000" } });
    await expect(attempt).rejects.toThrow("other_key");
  });

  test("opens nothing that was changed or sealed to somebody else", async () => {
    const wrapped = flipped(fromBase64(VECTOR.wrapped_key), 1130);
    const wrapped_key = Buffer.from(wrapped).toString("base64");
    await expect(opened({ sealed: { wrapped_key } })).rejects.toThrow("key_does_not_open");
    await expect(opened({ sealed: { wrapped_key: "" } })).rejects.toThrow("key_does_not_open");
  });

  test.each([
    ["no JSON", () => "carelay public key 1 of sealed recordings"],
    ["another format", (text: string) => text.replace("private key 1", "private key 2")],
    [
      "another public key",
      (text: string) => text.replace(/"public_key": "..../, '"public_key": "AAAA'),
    ],
    ["a cost without end", (text: string) => text.replace('"n": 1024', '"n": 1073741824')],
    ["a cost that is no power", (text: string) => text.replace('"n": 1024', '"n": 1023')],
  ])("is no file of %s", async (_, change) => {
    await expect(readKeyFile(change(VECTOR.private_key))).rejects.toThrow("not_a_key");
  });
});
