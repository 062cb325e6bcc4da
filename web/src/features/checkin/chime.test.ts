import { expect, test } from "vitest";
import { chime } from "./chime";

test("the sound is a WAVE file that begins and ends softly and is never cut off", () => {
  const bytes = chime();
  const view = new DataView(bytes.buffer);
  expect(String.fromCharCode(...bytes.slice(0, 4), ...bytes.slice(8, 12))).toBe("RIFFWAVE");
  expect(view.getUint32(4, true)).toBe(bytes.length - 8);
  expect(view.getUint32(40, true)).toBe(bytes.length - 44);
  const samples = Array.from({ length: (bytes.length - 44) / 2 }, (_, index) =>
    Math.abs(view.getInt16(44 + 2 * index, true)),
  );
  expect(Math.max(...samples)).toBeGreaterThan(5_000);
  expect(Math.max(...samples)).toBeLessThan(32_767);
  expect(samples[0]).toBe(0);
  expect(samples.at(-1)).toBeLessThan(500);
});
