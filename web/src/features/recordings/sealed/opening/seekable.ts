/**
 * What makes a torn part seekable, as the server does for whole ones: an index of its clusters, in
 * a header in front of them. The file to play is `header`, then the plaintext from `bodyOffset` on.
 */

import { type Bytes, joined } from "./bytes";
import * as ebml from "./ebml";

/** Ms between two cues: every Opus block could be one, and every picture of some peers. */
const AUDIO_CUE_SPACING = 2000;
const VIDEO_CUE_SPACING = 500;
const AUDIO_TRACK = 2;
/** Ms: an Opus frame lasts as long as browsers send it, and a picture longer. */
const LAST_FRAME = 20;

export interface Seekable {
  readonly header: Bytes;
  readonly bodyOffset: number;
  readonly durationMs: number;
}

/** Fed with the plaintext of a part in pieces of any size, in order. */
export class Index {
  #position = 0;
  /** Begins with an element that is not whole yet. */
  #data: Bytes = new Uint8Array(0);
  #skip = 0;
  #lastMs = 0;
  #cluster = { at: 0, ms: 0 };
  #bodyOffset: number | null = null;
  #hasBlock = false;
  readonly #heads = new Map<number, Bytes>();
  #cueTrack = 1;
  #cueSpacing = VIDEO_CUE_SPACING;
  readonly #cues: { readonly time: number; readonly at: number }[] = [];

  /** Octets so far. */
  get fed(): number {
    return this.#position;
  }

  /** Throws RangeError if it is not Matroska. */
  feed(piece: Bytes): void {
    this.#position += piece.length;
    this.#data = this.#data.length > 0 ? joined(this.#data, piece) : piece;
    const begin = this.#position - this.#data.length;
    let at = 0;
    while (at < this.#data.length) {
      const taken = this.#element(at, begin);
      if (taken === 0) break;
      at += taken;
    }
    this.#data = this.#data.slice(at);
  }

  /** Null before the first picture or sound. */
  seekable(): Seekable | null {
    const [head, info, tracks] = [ebml.EBML, ebml.INFO, ebml.TRACKS].map((id) =>
      this.#heads.get(id),
    );
    if (!this.#hasBlock || !head || !info || !tracks) return null;
    const durationMs = this.#lastMs + LAST_FRAME;
    const bodyOffset = this.#bodyOffset ?? 0;
    const inside = this.#inside(withDuration(info, durationMs), ebml.element(ebml.TRACKS, tracks));
    const size = inside.length + this.#position - bodyOffset;
    const segment = joined(ebml.identifier(ebml.SEGMENT), ebml.encodedSize(size, ebml.WIDE));
    return {
      header: joined(ebml.element(ebml.EBML, head), segment, inside),
      bodyOffset,
      durationMs,
    };
  }

  /** Takes one element, or the head of one that is entered; 0 if more is needed. */
  #element(at: number, begin: number): number {
    if (this.#skip > 0) {
      const taken = Math.min(this.#skip, this.#data.length - at);
      this.#skip -= taken;
      return taken;
    }
    const head = ebml.headAt(this.#data, at);
    if (head === null) return 0;
    if (head.id === ebml.SEGMENT) return head.payload - at;
    if (head.id === ebml.CLUSTER) {
      this.#cluster.at = begin + at;
      this.#bodyOffset ??= begin + at;
      return head.payload - at;
    }
    if (head.size === null) throw new RangeError("an EBML element has no size");
    return this.#leaf(head.id, head.payload, head.size, at);
  }

  #leaf(id: number, payload: number, size: number, at: number): number {
    const isKept = [ebml.EBML, ebml.INFO, ebml.TRACKS, ebml.TIMESTAMP].includes(id);
    const needed = id === ebml.SIMPLE_BLOCK ? 4 : isKept ? size : 0;
    if (this.#data.length < payload + needed) return 0;
    if (id === ebml.SIMPLE_BLOCK) this.#block(payload);
    else if (id === ebml.TIMESTAMP)
      this.#cluster.ms = ebml.read(this.#data.subarray(payload, payload + size));
    else if (isKept) this.#keep(id, this.#data.slice(payload, payload + size));
    const end = payload + size;
    this.#skip = Math.max(0, end - this.#data.length);
    return Math.min(end, this.#data.length) - at;
  }

  #keep(id: number, payload: Bytes): void {
    this.#heads.set(id, payload);
    if (id !== ebml.TRACKS) return;
    const entries = ebml
      .children(payload)
      .filter(([kind]) => kind === ebml.TRACK_ENTRY)
      .map(([, entry]) => new Map(ebml.children(entry)))
      .map((entry) => ({
        type: entry.get(ebml.TRACK_TYPE)?.[0] ?? 0,
        track: ebml.read(entry.get(ebml.TRACK_NUMBER) ?? Uint8Array.of(1)),
      }))
      .sort((a, b) => a.type - b.type); // a picture is 1, sound 2
    this.#cueTrack = entries[0]?.track ?? 1;
    this.#cueSpacing = entries[0]?.type === AUDIO_TRACK ? AUDIO_CUE_SPACING : VIDEO_CUE_SPACING;
  }

  /** Track number of one octet, signed time of 16 bits within the cluster, flags. */
  #block(at: number): void {
    const view = new DataView(this.#data.buffer, this.#data.byteOffset + at, 4);
    const time = Math.max(0, this.#cluster.ms + view.getInt16(1));
    this.#lastMs = Math.max(this.#lastMs, time);
    this.#hasBlock = true;
    const isKeyframe = (view.getUint8(0) & 0x7f) === this.#cueTrack && view.getUint8(3) >= 0x80;
    const last = this.#cues.at(-1);
    if (isKeyframe && (!last || time >= last.time + this.#cueSpacing))
      this.#cues.push({ time, at: this.#cluster.at });
  }

  /** Positions are counted from the Segment's first child. */
  #inside(info: Bytes, tracks: Bytes): Bytes {
    const first = seekHead(0, 0, 0).length;
    const cuesAt = first + info.length + tracks.length;
    const body = cuesAt + this.#cueElement(0).length;
    const head = seekHead(first, first + info.length, cuesAt);
    return joined(head, info, tracks, this.#cueElement(body));
  }

  #cueElement(body: number): Bytes {
    const shift = body - (this.#bodyOffset ?? 0);
    const points = this.#cues.map(({ time, at }) =>
      ebml.element(
        ebml.CUE_POINT,
        ebml.unsigned(ebml.CUE_TIME, time),
        ebml.element(
          ebml.CUE_TRACK_POSITIONS,
          ebml.unsigned(ebml.CUE_TRACK, this.#cueTrack),
          ebml.unsigned(ebml.CUE_CLUSTER_POSITION, Math.max(0, at + shift), ebml.WIDE),
        ),
      ),
    );
    return ebml.element(ebml.CUES, ...points);
  }
}

function seekHead(info: number, tracks: number, cues: number): Bytes {
  const places = [
    [ebml.INFO, info],
    [ebml.TRACKS, tracks],
    [ebml.CUES, cues],
  ] as const;
  return ebml.element(
    ebml.SEEK_HEAD,
    ...places.map(([id, position]) =>
      ebml.element(
        ebml.SEEK,
        ebml.element(ebml.SEEK_ID, ebml.identifier(id)),
        ebml.unsigned(ebml.SEEK_POSITION, position, ebml.WIDE),
      ),
    ),
  );
}

/** Counted in milliseconds, which is the TimestampScale of what the server records. */
function withDuration(info: Bytes, durationMs: number): Bytes {
  const kept = ebml
    .children(info)
    .filter(([kind]) => kind !== ebml.DURATION && kind !== ebml.VOID)
    .map(([kind, payload]) => ebml.element(kind, payload));
  return ebml.element(ebml.INFO, ...kept, ebml.float64(ebml.DURATION, durationMs));
}
