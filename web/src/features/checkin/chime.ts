/** The sound of the speaker test, made here: two soft tones, a fifth apart. Pure. */

const RATE = 24_000;
const TONES = [
  { frequency: 523.25, at: 0 },
  { frequency: 783.99, at: 0.3 },
];
const SECONDS = 1.3;
const LOUDNESS = 0.3;

/** As a file: 16-bit PCM, one channel (RIFF WAVE). */
export function chime(): Uint8Array<ArrayBuffer> {
  const samples = Math.round(RATE * SECONDS);
  const view = new DataView(new ArrayBuffer(44 + 2 * samples));
  writeHeader(view, 2 * samples);
  for (let index = 0; index < samples; index += 1)
    view.setInt16(44 + 2 * index, Math.round(32_767 * amplitude(index / RATE)), true);
  return new Uint8Array(view.buffer);
}

function amplitude(seconds: number): number {
  let sum = 0;
  for (const { frequency, at } of TONES) {
    const since = seconds - at;
    if (since < 0) continue;
    const envelope = Math.min(1, since / 0.02) * Math.exp(-4 * since);
    sum += LOUDNESS * envelope * Math.sin(2 * Math.PI * frequency * since);
  }
  return sum;
}

function writeHeader(view: DataView, bytes: number): void {
  const word = (at: number, letters: string) => {
    for (const [index, letter] of [...letters].entries())
      view.setUint8(at + index, letter.charCodeAt(0));
  };
  word(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, RATE, true);
  view.setUint32(28, 2 * RATE, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, bytes, true);
}
