import { expect, test } from "vitest";
import type { RecordingPart } from "../../../shared/api/schema";
import { beginningOf, hasPicture, lanesOf, lengthOf, missingOf, segmentAt } from "./timeline";

const part = (part_id: string, changes: Partial<RecordingPart>): RecordingPart => ({
  part_id,
  participant_id: "p",
  participant_name: "Alex Morgan",
  participant_role: "patient",
  source: "camera",
  media_type: 'video/webm; codecs="vp8, opus"',
  offset_ms: 0,
  duration_ms: 1000,
  size_bytes: 1,
  state: "sealed",
  authenticity: "authentic",
  losses: null,
  ...changes,
});

test("parts of one participant and source share a lane, in the order of time", () => {
  const [lane] = lanesOf([part("later", { offset_ms: 5000 }), part("first", {})]);
  expect(lane?.segments.map(({ part, start, end }) => [part.part_id, start, end])).toEqual([
    ["first", 0, 1000],
    ["later", 5000, 6000],
  ]);
});

test("cameras come before screens, the provider's before the patient's", () => {
  const doctor = { participant_id: "d", participant_role: "provider" } as const;
  const lanes = lanesOf([
    part("a", { ...doctor, source: "screen" }),
    part("b", {}),
    part("c", doctor),
  ]);
  expect(lanes.map((lane) => lane.segments[0]?.part.part_id)).toEqual(["c", "b", "a"]);
});

test("the time line is shown from where the first part begins", () => {
  const lanes = lanesOf([
    part("a", { offset_ms: 700 }),
    part("b", { participant_id: "d", offset_ms: 300 }),
  ]);
  expect(beginningOf(lanes)).toBe(300);
  expect(beginningOf([])).toBe(0);
});

test("what was lost or is still written has no place", () => {
  const parts = [
    part("a", { state: "lost" }),
    part("b", { state: "recording" }),
    part("c", { duration_ms: 0 }),
  ];
  expect(lanesOf(parts)).toEqual([]);
  expect(lengthOf([])).toBe(0);
});

test("a recovered part plays like any other", () => {
  expect(lanesOf([part("a", { state: "recovered" })])).toHaveLength(1);
});

test("the recording is as long as its last part", () => {
  expect(
    lengthOf(lanesOf([part("a", { duration_ms: 9000 }), part("b", { offset_ms: 5000 })])),
  ).toBe(9000);
});

test("a gap shows nothing, an end belongs to what follows", () => {
  const [lane] = lanesOf([
    part("a", {}),
    part("b", { offset_ms: 1000 }),
    part("c", { offset_ms: 9000 }),
  ]);
  if (!lane) throw new Error("no lane");
  expect(segmentAt(lane, 999)?.part.part_id).toBe("a");
  expect(segmentAt(lane, 1000)?.part.part_id).toBe("b");
  expect(segmentAt(lane, 5000)).toBeUndefined();
});

test("parts that follow at once leave no gap to be seen", () => {
  const [lane] = lanesOf([part("a", {}), part("b", { offset_ms: 1020 })]);
  if (!lane) throw new Error("no lane");
  expect(segmentAt(lane, 1010)?.part.part_id).toBe("a");
  expect(segmentAt(lane, 1020)?.part.part_id).toBe("b");
});

test("a call by voice has no picture", () => {
  expect(hasPicture({ media_type: 'audio/webm; codecs="opus"' })).toBe(false);
});

test("what is missing is marked where it is, silence is not", () => {
  const losses = {
    lost_packets: 1,
    late_packets: 0,
    unreadable_packets: 0,
    overrun_packets: 0,
    discarded_pictures: 0,
    discarded_sound_ms: 0,
    skipped_sound_ms: 0,
    silence_ms: 0,
    gaps_left_out: 0,
    gaps: [
      { medium: "sound", cause: "lost", begin_ms: 100, end_ms: 300 },
      { medium: "sound", cause: "not_sent", begin_ms: 400, end_ms: 500 },
      { medium: "picture", cause: "overrun", begin_ms: 900, end_ms: 1200 },
    ] as const,
  };
  const [lane] = lanesOf([
    part("a", { offset_ms: 5000, losses: { ...losses, gaps: [...losses.gaps] } }),
  ]);
  expect(lane && missingOf(lane)).toEqual([
    { start: 5100, end: 5300 },
    { start: 5900, end: 6000 },
  ]);
});
