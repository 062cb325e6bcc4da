import { expect, test, vi } from "vitest";
import { loudnessOf, meter } from "./level";

test("silence is 0, full scale is 1, speech lies between", () => {
  expect(loudnessOf(new Float32Array(64))).toBe(0);
  expect(loudnessOf(new Float32Array(64).fill(1))).toBeCloseTo(1);
  expect(loudnessOf(new Float32Array(64).fill(0.03))).toBeCloseTo(0.49, 1);
});

test("what cannot be measured leaves nothing open: a page has few audio contexts", () => {
  const close = vi.fn(async () => undefined);
  vi.stubGlobal("MediaStream", class {});
  vi.stubGlobal(
    "AudioContext",
    class {
      close = close;
      createAnalyser = () => ({});
      createMediaStreamSource() {
        throw new DOMException("another rate", "NotSupportedError");
      }
    },
  );
  expect(() => meter({} as MediaStreamTrack, () => undefined)).toThrow("another rate");
  expect(close).toHaveBeenCalledOnce();
  vi.unstubAllGlobals();
});
