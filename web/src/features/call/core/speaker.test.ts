import { describe, expect, it } from "vitest";
import { Speaker } from "./speaker";

/** Who speaks after each half second of these levels. */
function told(...steps: Record<string, number>[]): (string | null)[] {
  const speaker = new Speaker();
  return steps.map((levels, index) => speaker.update(new Map(Object.entries(levels)), index * 500));
}

const ALEX = { alex: 0.2, maria: 0 };
const MARIA = { alex: 0, maria: 0.2 };
const BOTH = { alex: 0.1, maria: 0.2 };
const SILENCE = { alex: 0.001, maria: 0 };

describe("the active speaker", () => {
  it("is who is heard, at once when nobody spoke", () => {
    expect(told(SILENCE, ALEX)).toEqual([null, "alex"]);
  });

  it("stays in a pause between words, and nobody is it after a long one", () => {
    expect(told(ALEX, SILENCE, SILENCE, SILENCE)).toEqual(["alex", "alex", "alex", null]);
  });

  it("stays when somebody else coughs", () => {
    expect(told(ALEX, MARIA, ALEX, MARIA, ALEX)).toEqual(Array(5).fill("alex"));
  });

  it("changes to whoever is louder for a second", () => {
    expect(told(ALEX, BOTH, BOTH, BOTH)).toEqual(["alex", "alex", "alex", "maria"]);
  });
});
