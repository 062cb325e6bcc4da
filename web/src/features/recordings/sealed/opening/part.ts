/** A part of a recording as a player sees it, decrypted as it is read. */

import { type Bytes, fromHex, joined } from "./bytes";
import {
  CHUNK,
  chunkAt,
  header,
  Message,
  PREFIX,
  SEALED_CHUNK,
  storedSize,
  TAG,
} from "./cobblestone";
import type { DataKey } from "./datakey";
import type { PartRow } from "./rows";
import { Index } from "./seekable";
import type { Ciphertext } from "./storedfile";
import { continuation } from "./tail";
import { Trouble } from "./trouble";

const SCANNED_AT_ONCE = 64;

/** A file to be played: a header in front of what was decrypted. */
export class Playable {
  readonly size: number;
  readonly durationMs: number;
  /** Octets of the file behind what is authentic of it. */
  readonly unread: number;
  readonly #head: Bytes;
  readonly #bodyOffset: number;
  readonly #plaintext: Plaintext;

  constructor(
    plaintext: Plaintext,
    head: Bytes,
    bodyOffset: number,
    durationMs: number,
    unread = 0,
  ) {
    this.unread = unread;
    this.#plaintext = plaintext;
    this.#head = head;
    this.#bodyOffset = bodyOffset;
    this.durationMs = durationMs;
    this.size = head.length + plaintext.size - bodyOffset;
  }

  /** From `begin` up to `end`. Throws Trouble `part_damaged`, and what reading throws. */
  async read(begin: number, end: number): Promise<Bytes> {
    const head = this.#head.slice(begin, end);
    const shift = this.#bodyOffset - this.#head.length;
    const from = Math.max(begin, this.#head.length) + shift;
    return end + shift <= from ? head : joined(head, await this.#plaintext.read(from, end + shift));
  }
}

/** The plaintext of one file: its chunks, and what is behind them in a part that was torn. */
class Plaintext {
  readonly size: number;
  readonly #message: Message;
  readonly #file: Ciphertext;
  readonly #behind: Bytes;

  constructor(message: Message, file: Ciphertext, size: number, behind: Bytes) {
    this.#message = message;
    this.#file = file;
    this.#behind = behind;
    this.size = size + behind.length;
  }

  async read(begin: number, end: number): Promise<Bytes> {
    const inChunks = this.size - this.#behind.length;
    const behind = this.#behind.slice(Math.max(0, begin - inChunks), Math.max(0, end - inChunks));
    const last = Math.min(end, inChunks);
    if (last <= begin) return behind;
    const first = Math.floor(begin / CHUNK);
    const count = Math.ceil(last / CHUNK) - first;
    const whole = joined(...(await chunks(this.#message, this.#file, first, count)));
    if (whole.length < last - first * CHUNK) throw new Trouble("part_damaged");
    return joined(whole.slice(begin - first * CHUNK, last - first * CHUNK), behind);
  }
}

/** So many of them, fewer only at the end of the file. */
async function chunks(
  message: Message,
  file: Ciphertext,
  first: number,
  count: number,
): Promise<Bytes[]> {
  const sealed = await file.read(chunkAt(first), count * SEALED_CHUNK);
  const found = Math.ceil(sealed.length / SEALED_CHUNK);
  return await Promise.all(
    Array.from({ length: found }, (_, at) =>
      message.chunk(first + at, sealed.slice(at * SEALED_CHUNK, (at + 1) * SEALED_CHUNK)),
    ),
  );
}

/** A part that was finished. Throws Trouble, and what reading throws. */
export async function openWhole(key: DataKey, row: PartRow, file: Ciphertext): Promise<Playable> {
  const prefix = await file.read(0, PREFIX);
  const message = await Message.open(key, header(row.recording_id, row.part_id), prefix);
  if (file.size < storedSize(row.size_bytes)) throw new Trouble("part_cut_off");
  if (file.size > storedSize(row.size_bytes)) throw new Trouble("part_damaged");
  // Only the true last chunk is shorter than the others: with it, the length is authentic.
  const last = Math.floor(row.size_bytes / CHUNK);
  await message.chunk(last, await file.read(chunkAt(last), (row.size_bytes % CHUNK) + TAG));
  if (row.body_offset > row.size_bytes) throw new Trouble("part_damaged");
  const plaintext = new Plaintext(message, file, row.size_bytes, new Uint8Array(0));
  return new Playable(plaintext, fromHex(row.seek_header), row.body_offset, row.duration_ms);
}

/**
 * The authentic beginning of a part that was torn, which is read whole to find its end and to make
 * it seekable. Throws Trouble, `part_empty` if there is nothing to play, and what reading throws.
 */
export async function openTorn(
  key: DataKey,
  row: PartRow,
  file: Ciphertext,
  tail: Bytes,
  told: (done: number, of: number) => void,
): Promise<Playable> {
  const prefix = await file.read(0, PREFIX);
  const message = await Message.open(key, header(row.recording_id, row.part_id), prefix);
  const index = new Index();
  const size = await authenticSize(message, file, (chunk) => {
    index.feed(chunk);
    told(index.fed, file.size);
  });
  const behind = await continuation(key, prefix, tail, size);
  index.feed(behind);
  const seekable = index.seekable();
  if (seekable === null) throw new Trouble("part_empty");
  const plaintext = new Plaintext(message, file, size, behind);
  const { header: head, bodyOffset, durationMs } = seekable;
  const unread = Math.max(0, file.size - chunkAt(Math.floor(plaintext.size / CHUNK)));
  return new Playable(plaintext, head, bodyOffset, durationMs, unread);
}

/** Octets in chunks up to the first that is damaged, incomplete or not there. */
async function authenticSize(
  message: Message,
  file: Ciphertext,
  take: (chunk: Bytes) => void,
): Promise<number> {
  for (let size = 0; ; ) {
    const first = size / CHUNK;
    const sealed = await file.read(chunkAt(first), SCANNED_AT_ONCE * SEALED_CHUNK);
    const opened = await Promise.all(
      Array.from({ length: Math.ceil(sealed.length / SEALED_CHUNK) }, (_, at) =>
        message
          .chunk(first + at, sealed.slice(at * SEALED_CHUNK, (at + 1) * SEALED_CHUNK))
          .catch(() => null),
      ),
    );
    for (const chunk of opened) {
      if (chunk === null) return size;
      take(chunk);
      size += chunk.length;
      if (chunk.length < CHUNK) return size;
    }
    if (opened.length < SCANNED_AT_ONCE) return size;
  }
}
