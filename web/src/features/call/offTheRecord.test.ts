import { expect, test } from "vitest";
import { announcements } from "./core/announcements";
import {
  accepted,
  callJoined,
  patient,
  present,
  provider,
  recording,
  stateAfter,
} from "./core/call.fixture";
import { offWords, stateWord } from "./recordingWords";

const both = [callJoined(), accepted, present(provider, patient), recording("recording")];
const asks = { ...patient, off_the_record: true };
const off = [...both, present(provider, asks), recording("paused", "off_the_record")];

test("who went off the record is read out once it is off, and each who joins them", () => {
  const running = { ...stateAfter(...both), media: "connected" as const };
  const asked = { ...stateAfter(...both, present(provider, asks)), media: "connected" as const };
  const isOff = { ...stateAfter(...off), media: "connected" as const };
  const more = present({ ...provider, off_the_record: true }, asks);
  const two = { ...stateAfter(...off, more), media: "connected" as const };
  const on = { ...stateAfter(...off, recording("recording")), media: "connected" as const };
  expect(announcements(running, asked)).toEqual([]);
  expect(announcements(asked, isOff)).toEqual([{ what: "off_the_record" }]);
  expect(announcements(isOff, two)).toEqual([{ what: "off_the_record" }]);
  expect(announcements(isOff, on)).toEqual([{ what: "recording", state: "recording" }]);
  expect(stateWord(isOff)).toBe("Off the record");
  expect(offWords(isOff)).toMatch(/^Alex Morgan asked to go off the record\./);
  expect(offWords(two)).toMatch(/^You and Alex Morgan asked/);
  expect(offWords({ ...isOff, userId: "a" })).toMatch(/^You asked/);
});
