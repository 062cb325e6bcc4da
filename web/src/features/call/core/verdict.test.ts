import { expect, test } from "vitest";
import { type Measurement, verdictOf } from "./verdict";

const GOOD: Measurement = {
  connected: true,
  relayed: false,
  sendBps: 900_000,
  receiveBps: 880_000,
  loss: 0.01,
  roundTripMs: 40,
  port: 3478,
};

test.each<[string, Partial<Measurement>]>([
  ["works", {}],
  ["works", { roundTripMs: null }],
  ["relayed", { relayed: true }],
  ["slow", { receiveBps: 120_000 }],
  ["slow", { sendBps: 120_000, receiveBps: 120_000 }],
  ["slow", { loss: 0.3 }],
  ["slow", { roundTripMs: 1_500 }],
  ["slow", { relayed: true, receiveBps: 90_000 }],
  ["blocked", { connected: false, sendBps: 0, receiveBps: 0 }],
])("%s: %o", (verdict, changed) => {
  expect(verdictOf({ ...GOOD, ...changed })).toBe(verdict);
});
