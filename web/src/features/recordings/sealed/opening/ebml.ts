/** EBML elements (RFC 8794), as far as an index of Matroska or WebM (RFC 9559) needs them. */

import { type Bytes, joined, number } from "./bytes";

export const EBML = 0x1a45dfa3;
export const SEGMENT = 0x18538067;
export const SEEK_HEAD = 0x114d9b74;
export const SEEK = 0x4dbb;
export const SEEK_ID = 0x53ab;
export const SEEK_POSITION = 0x53ac;
export const INFO = 0x1549a966;
export const DURATION = 0x4489;
export const VOID = 0xec;
export const TRACKS = 0x1654ae6b;
export const TRACK_ENTRY = 0xae;
export const TRACK_NUMBER = 0xd7;
export const TRACK_TYPE = 0x83;
export const CLUSTER = 0x1f43b675;
export const TIMESTAMP = 0xe7;
export const SIMPLE_BLOCK = 0xa3;
export const CUES = 0x1c53bb6b;
export const CUE_POINT = 0xbb;
export const CUE_TIME = 0xb3;
export const CUE_TRACK_POSITIONS = 0xb7;
export const CUE_TRACK = 0xf7;
export const CUE_CLUSTER_POSITION = 0xf1;

/** Octets of a size or a position that must not move what follows it. */
export const WIDE = 8;

export interface Head {
  readonly id: number;
  /** Null: not known, as of a live stream. */
  readonly size: number | null;
  /** Where the payload begins. */
  readonly payload: number;
}

/** Null: the data end inside of it. Throws for what can be no element. */
export function headAt(data: Bytes, at: number): Head | null {
  const idWidth = widthAt(data, at);
  const sizeAt = idWidth === null ? null : at + idWidth;
  const sizeWidth = sizeAt === null ? null : widthAt(data, sizeAt);
  if (idWidth === null || sizeAt === null || sizeWidth === null) return null;
  const payload = sizeAt + sizeWidth;
  if (payload > data.length) return null;
  const size = data.slice(sizeAt, payload);
  size[0] = (size[0] ?? 0) & (0xff >> sizeWidth);
  const isUnknown = size.every(
    (octet, place) => octet === (place === 0 ? 0xff >> sizeWidth : 0xff),
  );
  return {
    id: read(data.subarray(at, sizeAt)),
    size: isUnknown ? null : read(size),
    payload,
  };
}

function widthAt(data: Bytes, at: number): number | null {
  const first = data[at];
  if (first === undefined) return null;
  if (first === 0) throw new RangeError("an EBML number is longer than 8 octets");
  return Math.clz32(first) - 23;
}

/** A big-endian number. */
export function read(bytes: Bytes): number {
  return bytes.reduce((value, octet) => value * 256 + octet, 0);
}

/** The elements of a whole master element. Throws if they do not fill it. */
export function children(payload: Bytes): readonly (readonly [number, Bytes])[] {
  const found: [number, Bytes][] = [];
  for (let at = 0; at < payload.length; ) {
    const head = headAt(payload, at);
    if (head === null || head.size === null || head.payload + head.size > payload.length)
      throw new RangeError("an EBML element is cut off");
    found.push([head.id, payload.slice(head.payload, head.payload + head.size)]);
    at = head.payload + head.size;
  }
  return found;
}

export function identifier(id: number): Bytes {
  return number(id, octets(id));
}

/** Of the shortest width, or of `width` octets. */
export function encodedSize(size: number, width = shortest(size)): Bytes {
  const encoded = number(size, width);
  encoded[0] = (encoded[0] ?? 0) | (0x100 >> width);
  return encoded;
}

function shortest(size: number): number {
  let width = 1;
  while (size >= 2 ** (7 * width) - 1) width++;
  return width;
}

export function element(id: number, ...payload: readonly Bytes[]): Bytes {
  const content = joined(...payload);
  return joined(identifier(id), encodedSize(content.length), content);
}

export function unsigned(id: number, value: number, width = octets(value)): Bytes {
  return element(id, number(value, width));
}

export function float64(id: number, value: number): Bytes {
  const payload = new Uint8Array(8);
  new DataView(payload.buffer).setFloat64(0, value);
  return element(id, payload);
}

function octets(value: number): number {
  let count = 1;
  while (value >= 256 ** count) count++;
  return count;
}
