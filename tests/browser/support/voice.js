// A voice for Chromium's fake microphone: its own beeps are too short to be words.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const RATE = 48_000;
const SECONDS = 4;
/** Of a low voice, and what its vowels add to it. */
const HARMONICS_HZ = [140, 280, 420, 700, 1_120, 2_240];
const SYLLABLE_S = 0.32;

/** A file with four seconds of syllables, which Chromium plays over and over. */
export class Voice {
  /** @param {string} folder */
  constructor(folder) {
    this.#folder = folder;
    this.flag = `--use-file-for-fake-audio-capture=${join(folder, "voice.wav")}`;
  }

  #folder;

  static async make() {
    const folder = await mkdtemp(join(tmpdir(), "carelay-voice-"));
    await writeFile(join(folder, "voice.wav"), wave());
    return new Voice(folder);
  }

  async remove() {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** 16 bits, one channel (RIFF WAVE). */
function wave() {
  const samples = Buffer.alloc(2 * RATE * SECONDS);
  for (let at = 0; at < RATE * SECONDS; at += 1)
    samples.writeInt16LE(Math.round(12_000 * voiceAt(at / RATE)), 2 * at);
  const head = Buffer.alloc(44);
  head.write("RIFF");
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(2 * RATE, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/**
 * Rises and falls with each syllable, each a little higher than the one before.
 * @param {number} s
 */
function voiceAt(s) {
  const syllable = Math.floor(s / SYLLABLE_S);
  const within = (s % SYLLABLE_S) / SYLLABLE_S;
  const loud = Math.sin(Math.PI * Math.min(1, within / 0.8)) ** 2;
  const pitch = 1 + 0.06 * (syllable % 5);
  const sum = HARMONICS_HZ.reduce(
    (total, hz, index) => total + Math.sin(2 * Math.PI * hz * pitch * s) / (index + 1),
    0,
  );
  return (loud * sum) / 2.5;
}
