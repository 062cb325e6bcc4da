/**
 * The one ZIP archive that given files make: stored, in their order, nothing between them. Whoever
 * knows the files knows every other octet of the archive. Its twin is storage/bundle/layout.py.
 */

import { joined, type Octets, utf8 } from "./octets";

export interface Entry {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
}

export interface Layout {
  /** Each stands right before its file. */
  readonly headers: readonly Octets[];
  /** Of the first octet of each file. */
  readonly offsets: readonly number[];
  /** Behind the last file. */
  readonly directory: Octets;
  readonly size: number;
}

export const HEADER_SIZE = 30;
const LOCAL = 0x04034b50;
const BEYOND = 0xffffffff;
const MANY = 0xffff;
const [NEEDS_ZIP, NEEDS_ZIP64] = [20, 45];
const MADE_BY_UNIX = (3 << 8) | NEEDS_ZIP64;
const REGULAR_FILE = (0o100644 << 16) >>> 0;

type Stamp = readonly [time: number, date: number];

export function layout(entries: readonly Entry[], madeAt: Date): Layout {
  const stamp = stampOf(madeAt);
  const headers: Octets[] = [];
  const offsets: number[] = [];
  const central: Octets[] = [];
  let place = 0;
  for (const entry of entries) {
    const header = local(entry, stamp);
    central.push(listed(entry, stamp, place));
    headers.push(header);
    offsets.push(place + header.length);
    place += header.length + entry.size;
  }
  const list = joined(...central);
  const directory = joined(list, end(entries.length, list.length, place));
  return { headers, offsets, directory, size: place + directory.length };
}

/** Name and size in a local header without ZIP64; null if it is not one. */
export function firstEntry(header: Octets): { name: string; size: number } | null {
  if (header.length < HEADER_SIZE) return null;
  const view = new DataView(header.buffer, header.byteOffset);
  if (view.getUint32(0, true) !== LOCAL) return null;
  const name = header.subarray(HEADER_SIZE, HEADER_SIZE + view.getUint16(26, true));
  return { name: String.fromCharCode(...name), size: view.getUint32(22, true) };
}

/** Time and date as MS-DOS has them, in UTC. */
function stampOf(at: Date): Stamp {
  const utc = at < new Date("1980-01-01T00:00:00Z") ? new Date("1980-01-01T00:00:00Z") : at;
  return [
    (utc.getUTCHours() << 11) | (utc.getUTCMinutes() << 5) | (utc.getUTCSeconds() >> 1),
    ((utc.getUTCFullYear() - 1980) << 9) | ((utc.getUTCMonth() + 1) << 5) | utc.getUTCDate(),
  ];
}

function local({ name, size, crc }: Entry, stamp: Stamp): Octets {
  const wide = size >= BEYOND ? [size, size] : [];
  const extra = extraOf(wide);
  const needs = wide.length > 0 ? NEEDS_ZIP64 : NEEDS_ZIP;
  const said = Math.min(size, BEYOND);
  return joined(
    packed([4, LOCAL], [2, needs], [2, 0], [2, 0], [2, stamp[0]], [2, stamp[1]], [4, crc]),
    packed([4, said], [4, said], [2, name.length], [2, extra.length]),
    utf8(name),
    extra,
  );
}

function listed({ name, size, crc }: Entry, stamp: Stamp, place: number): Octets {
  const wide = [...(size >= BEYOND ? [size, size] : []), ...(place >= BEYOND ? [place] : [])];
  const extra = extraOf(wide);
  const needs = wide.length > 0 ? NEEDS_ZIP64 : NEEDS_ZIP;
  const said = Math.min(size, BEYOND);
  return joined(
    packed([4, 0x02014b50], [2, MADE_BY_UNIX], [2, needs], [2, 0], [2, 0]),
    packed([2, stamp[0]], [2, stamp[1]], [4, crc], [4, said], [4, said], [2, name.length]),
    packed([2, extra.length], [2, 0], [2, 0], [2, 0], [4, REGULAR_FILE]),
    packed([4, Math.min(place, BEYOND)]),
    utf8(name),
    extra,
  );
}

const extraOf = (wide: readonly number[]): Octets =>
  wide.length === 0
    ? new Uint8Array()
    : packed([2, 1], [2, 8 * wide.length], ...wide.map((value) => [8, value] as const));

function end(count: number, size: number, offset: number): Octets {
  const few = Math.min(count, MANY);
  const last = packed(
    ...([
      [4, 0x06054b50],
      [2, 0],
      [2, 0],
      [2, few],
      [2, few],
    ] as const),
    ...([
      [4, Math.min(size, BEYOND)],
      [4, Math.min(offset, BEYOND)],
      [2, 0],
    ] as const),
  );
  if (count < MANY && size < BEYOND && offset < BEYOND) return last;
  return joined(
    packed([4, 0x06064b50], [8, 44], [2, MADE_BY_UNIX], [2, NEEDS_ZIP64], [4, 0], [4, 0]),
    packed([8, count], [8, count], [8, size], [8, offset]),
    packed([4, 0x07064b50], [4, 0], [8, offset + size], [4, 1]),
    last,
  );
}

/** Numbers of so many octets, the least significant one first. */
function packed(...numbers: readonly (readonly [octets: 2 | 4 | 8, value: number])[]): Octets {
  const whole = new Uint8Array(numbers.reduce((sum, [octets]) => sum + octets, 0));
  const view = new DataView(whole.buffer);
  let place = 0;
  for (const [octets, value] of numbers) {
    if (octets === 2) view.setUint16(place, value, true);
    else if (octets === 4) view.setUint32(place, value, true);
    else view.setBigUint64(place, BigInt(value), true);
    place += octets;
  }
  return whole;
}
