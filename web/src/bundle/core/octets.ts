/** Octets in the forms that a bundle has them. */

import { sha256 } from "@noble/hashes/sha2.js";

export type Octets = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Octets => new TextEncoder().encode(text);

/** Throws for what is not UTF-8. */
export const decoded = (data: Octets): string =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);

export const hex = (data: Uint8Array): string =>
  Array.from(data, (octet) => octet.toString(16).padStart(2, "0")).join("");

/** Base64; null for what is not, or not the one way to write it. */
export function fromBase64(text: string): Octets | null {
  try {
    const binary = atob(text);
    return btoa(binary) === text ? Uint8Array.from(binary, (one) => one.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

export function joined(...pieces: readonly Uint8Array[]): Octets {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let place = 0;
  for (const piece of pieces) {
    whole.set(piece, place);
    place += piece.length;
  }
  return whole;
}

export const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((octet, index) => octet === other[index]);

export const digest = (...pieces: readonly Uint8Array[]): Octets =>
  new Uint8Array(sha256(joined(...pieces)));

const CRC = Uint32Array.from({ length: 256 }, (_, octet) => {
  let rest = octet;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** As ZIP has it, of one piece after the other: give it what it gave before. */
export function crc32(data: Uint8Array, before = 0): number {
  let crc = ~before;
  for (const octet of data) crc = (CRC[(crc ^ octet) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** SHA-256 and CRC of something that need not fit into memory. */
export class Fingerprint {
  readonly #sha256 = sha256.create();
  #crc = 0;

  add(piece: Octets): void {
    this.#sha256.update(piece);
    this.#crc = crc32(piece, this.#crc);
  }

  end(): { sha256: string; crc: number } {
    return { sha256: hex(this.#sha256.digest()), crc: this.#crc };
  }
}
