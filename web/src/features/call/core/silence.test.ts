import { describe, expect, it } from "vitest";
import { Silence } from "./silence";

/**
 * Looked at twice a second; `arrives(at)` tells whether something came since the last look. When it
 * was silent.
 */
function silences(until: number, arrives: (at: number) => boolean): number[] {
  const silence = new Silence();
  const times: number[] = [];
  let total = 0;
  for (let at = 0; at <= until; at += 500) {
    if (arrives(at)) total += 1;
    if (silence.update(total, at)) times.push(at);
  }
  return times;
}

describe("what comes from the server", () => {
  it("is missed two seconds after it stopped, until it comes again", () => {
    expect(silences(20_000, (at) => at <= 10_000 || at > 13_000)).toEqual([12_000, 12_500, 13_000]);
  });

  it("is not missed where it never came all the time", () => {
    expect(silences(60_000, (at) => at % 2_500 === 0)).toEqual([]);
    expect(silences(60_000, () => false)).toEqual([]);
  });

  it("is missed once by who is sent less from then on", () => {
    const times = silences(60_000, (at) => at <= 10_000 || at % 5_000 === 0);
    expect([times.at(0), times.at(-1)]).toEqual([12_000, 14_500]);
  });
});
