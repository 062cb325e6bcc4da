import { describe, expect, it } from "vitest";
import { backoffMs } from "../../../shared/api/signaling/backoff";
import { remedy } from "./recovery";

describe("recovery of a lost path", () => {
  it("leaves a working or a starting connection alone", () => {
    for (const state of ["new", "connecting", "connected", "closed"] as const) {
      expect(remedy(state, 0, 0)).toEqual({ action: "none" });
    }
  });

  it("gives a gap time to heal but acts on a failure at once", () => {
    expect(remedy("disconnected", 0, 0)).toEqual({ action: "restart_ice", afterMs: 1_500 });
    expect(remedy("failed", 0, 0)).toEqual({ action: "restart_ice", afterMs: 0 });
  });

  it("backs off, then builds the connection anew", () => {
    expect(remedy("failed", 1, 1)).toEqual({ action: "restart_ice", afterMs: 2_000 });
    expect(remedy("failed", 3, 1)).toEqual({ action: "rebuild", afterMs: 8_000 });
    expect(remedy("failed", 20, 1)).toEqual({ action: "rebuild", afterMs: 15_000 });
  });
});

describe("back-off", () => {
  it("doubles up to a cap and keeps at least half of it", () => {
    expect(backoffMs(0, 0)).toBe(250);
    expect(backoffMs(0, 1)).toBe(500);
    expect(backoffMs(3, 1)).toBe(4_000);
    expect(backoffMs(30, 1)).toBe(10_000);
  });
});
