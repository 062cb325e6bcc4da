import { expect, test, vi } from "vitest";
import { isRelayed, measureConnection } from "./connectiontest";

const pair = {
  type: "candidate-pair",
  nominated: true,
  state: "succeeded",
  localCandidateId: "one",
};

test("a way is through TURN if the pair in use is, whatever else was gathered", () => {
  const host = { type: "local-candidate", id: "one", candidateType: "host" };
  const relay = { type: "local-candidate", id: "two", candidateType: "relay" };
  expect(isRelayed([pair, host, relay])).toBe(false);
  expect(isRelayed([{ ...pair, localCandidateId: "two" }, host, relay])).toBe(true);
  expect(isRelayed([{ ...pair, localCandidateId: "two", nominated: false }, relay])).toBe(false);
  expect(isRelayed([])).toBe(false);
});

test("a test that was given up asks the server for nothing", async () => {
  const answer = vi.fn();
  const signal = AbortSignal.abort("the dialog is closed");
  await expect(measureConnection({ iceServers: [], answer, signal })).rejects.toBe(signal.reason);
  expect(answer).not.toHaveBeenCalled();
});
