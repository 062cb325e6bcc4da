import { describe, expect, it } from "vitest";
import type { PictureSize } from "../../../shared/api/signaling/messages";
import { type Evidence, Ladder } from "./ladder";

type Known = Omit<Evidence, "at">;
const FINE: Known = { loss: 0, carriesBps: null };

/** Sampled twice a second; the rungs that it went to, and when (s). */
function climbed(seconds: number, known: (second: number, rung: PictureSize) => Known) {
  const ladder = new Ladder();
  const steps: [number, PictureSize][] = [];
  for (let second = 0; second <= seconds; second += 0.5) {
    const before = ladder.rung;
    const rung = ladder.update({ at: second * 1000, ...known(second, before) });
    if (rung !== before) steps.push([second, rung]);
  }
  return steps;
}

describe("the ladder of pictures", () => {
  it("stays at the top of a good network, and of one that loses every tenth packet by chance", () => {
    expect(climbed(600, () => FINE)).toEqual([]);
    // As the server reported it of a link that loses one in ten, every other second.
    const measured = [0.09, 0.12, 0.07, 0.14, 0.21, 0.11, 0.05, 0.1, 0.17, 0.08];
    const lossy = (second: number) => measured[Math.floor(second / 2) % measured.length] ?? 0;
    expect(climbed(600, (second) => ({ ...FINE, loss: lossy(second) }))).toEqual([]);
  });

  it("goes down rung by rung after four seconds of heavy loss each, and up after ten good ones", () => {
    const loss = (second: number) => (second >= 10 && second < 30 ? 0.4 : 0);
    expect(climbed(120, (second) => ({ ...FINE, loss: loss(second) }))).toEqual([
      [13.5, "small"],
      [17.5, "none"],
      [40, "small"],
      [50.5, "full"],
    ]);
  });

  it("does not mind a moment without anything", () => {
    const loss = (second: number) => (second % 20 >= 10 && second % 20 < 13 ? 1 : 0);
    expect(climbed(200, (second) => ({ ...FINE, loss: loss(second) }))).toEqual([]);
  });

  it("sends smaller pictures where less is carried than a full one needs, and no smaller ones", () => {
    const carriesBps = 150_000;
    const steps = climbed(60, () => ({ loss: 0, carriesBps }));
    expect(steps).toEqual([[4, "small"]]);
  });

  it("goes on with the sound where not even small ones fit", () => {
    const loss = (rung: PictureSize) => (rung === "none" ? 0 : 0.3);
    expect(climbed(12, (_, rung) => ({ ...FINE, loss: loss(rung) }))).toEqual([
      [4, "small"],
      [8, "none"],
    ]);
  });

  it("tries ever more rarely what failed before", () => {
    // A link that carries small pictures: full ones lose a third of all packets.
    const steps = climbed(900, (_, rung) => ({ ...FINE, loss: rung === "full" ? 0.3 : 0 }));
    const tries = steps.filter(([, rung]) => rung === "full").map(([second]) => second);
    const waits = tries.slice(1).map((second, at) => second - (tries[at] ?? 0));
    expect(waits.map((wait) => Math.round(wait / 10) * 10)).toEqual([
      20, 40, 80, 120, 120, 120, 120, 120,
    ]);
  });

  it("forgets failures once a rung has held", () => {
    const ends = (second: number) => second < 60 || (second > 400 && second < 410);
    const steps = climbed(430, (second, rung) => ({
      ...FINE,
      loss: rung === "full" && ends(second) ? 0.3 : 0,
    }));
    const last = steps.slice(-2);
    expect(last.map(([, rung]) => rung)).toEqual(["small", "full"]);
    expect((last[1]?.[0] ?? 0) - (last[0]?.[0] ?? 0)).toBeLessThan(12);
  });

  it("takes no estimate for true right after a step, which it has still to follow", () => {
    // Chromium's, with sound alone and then with small pictures, every second.
    const estimates = [48, 52, 61, 66, 72, 79, 85, 96, 118, 140, 180].map((kbps) => kbps * 1000);
    let raisedAt: number | null = null;
    const steps = climbed(60, (second, rung) => {
      if (second < 10) return { loss: 0.5, carriesBps: null };
      if (rung === "none") return FINE;
      raisedAt ??= second;
      return { loss: 0, carriesBps: estimates[Math.floor(second - raisedAt)] ?? null };
    });
    expect(steps.map(([, rung]) => rung)).toEqual(["small", "none", "small", "full"]);
  });

  it("rests where nothing is sent", () => {
    const ladder = new Ladder();
    for (let at = 0; at <= 10_000; at += 500) ladder.update({ at, loss: 0.5, carriesBps: null });
    expect(ladder.rung).toBe("none");
    expect(ladder.rest()).toBe("full");
    expect(ladder.update({ at: 60_000, ...FINE })).toBe("full");
  });

  it("counts no time that a page has slept", () => {
    const ladder = new Ladder();
    ladder.update({ at: 0, loss: 0.5, carriesBps: null });
    expect(ladder.update({ at: 3_600_000, loss: 0.5, carriesBps: null })).toBe("full");
  });
});
