import { describe, expect, test } from "vitest";
import type { Losses, RecordingGap, RecordingPart } from "../../shared/api/schema";
import { isWhole, lacksOf, lackWords, remarksOf } from "./lacks";

const NOTHING: Losses = {
  lost_packets: 0,
  late_packets: 0,
  unreadable_packets: 0,
  overrun_packets: 0,
  discarded_pictures: 0,
  discarded_sound_ms: 0,
  skipped_sound_ms: 0,
  silence_ms: 0,
  gaps: [],
  gaps_left_out: 0,
};

function part(losses: Partial<Losses> | null, changes: Partial<RecordingPart> = {}): RecordingPart {
  return {
    part_id: "1",
    participant_id: "a",
    participant_name: "Alex Morgan",
    participant_role: "patient",
    source: "camera",
    media_type: "video/webm",
    offset_ms: 0,
    duration_ms: 60_000,
    size_bytes: 1,
    state: "sealed",
    authenticity: "authentic",
    losses: losses && { ...NOTHING, ...losses },
    ...changes,
  };
}

describe("what a recording lacks", () => {
  test("has its place on the recording's own time line, whoever it is of", () => {
    const gap = { medium: "sound", cause: "lost", begin_ms: 500, end_ms: 900 } as const;
    const stop = {
      offset_ms: 60_000,
      duration_ms: 30_000,
      reason: "stopped",
      requests: [],
    } satisfies RecordingGap;
    const parts = [part({ gaps: [gap] }, { offset_ms: 90_000 }), part({ gaps: [gap] })];
    expect(lacksOf({ gaps: [stop], parts })).toEqual([
      { from: 500, to: 900, name: "Alex Morgan", words: "lacks.sound.lost" },
      { from: 60_000, to: 90_000, name: null, words: "lacks.everybody.stopped" },
      { from: 90_500, to: 90_900, name: "Alex Morgan", words: "lacks.sound.lost" },
    ]);
  });

  test("off the record says who asked, and when, where that is not the whole of it", () => {
    const request = { user_id: "a", name: "Alex Morgan", side: "patient" } as const;
    const theirs = { ...request, begin_ms: 5000, end_ms: 20_000 };
    const gap = { offset_ms: 5000, duration_ms: 16_000, reason: "off_the_record" } as const;
    const said = (...requests: RecordingGap["requests"]) =>
      lacksOf({ gaps: [{ ...gap, requests }], parts: [] }).map(lackWords);
    expect(said(theirs)).toEqual(["off the record, as Alex Morgan asked"]);
    expect(said(theirs, { ...theirs, name: "Elena Rivera", end_ms: 9000 })).toEqual([
      "off the record, as Alex Morgan (0:05 to 0:20) and Elena Rivera (0:05 to 0:09) asked",
    ]);
    expect(isWhole({ gaps: [{ ...gap, requests: [theirs] }], parts: [part({})] })).toBe(false);
  });

  test("is told in sentences where it has no place", () => {
    const parts = [
      part({ lost_packets: 2, overrun_packets: 1, late_packets: 2 }),
      part({ discarded_pictures: 1, discarded_sound_ms: 2500, gaps_left_out: 3 }),
      part(null, { participant_name: "Maria Oliveira", state: "recovered" }),
    ];
    expect(remarksOf({ gaps: [], parts })).toEqual([
      "Alex Morgan: 3 more places where something is missing.",
      "Alex Morgan: 3 packets did not arrive or could not be used.",
      "Alex Morgan: 1 picture could not be shown.",
      "Alex Morgan: 2 seconds of sound could not be placed.",
      "Maria Oliveira: what may be missing is not known, because the server stopped while recording.",
    ]);
    expect(remarksOf({ gaps: [], parts: [part({})] })).toEqual([]);
  });
});

describe("a recording is complete", () => {
  test("if it holds all that was sent", () => {
    const silent = { medium: "sound", cause: "not_sent", begin_ms: 0, end_ms: 9000 } as const;
    expect(
      isWhole({
        gaps: [],
        parts: [part({ skipped_sound_ms: 300, silence_ms: 9000, gaps: [silent] })],
      }),
    ).toBe(true);
  });

  test("not if anything is missing anywhere, however little", () => {
    const stop = {
      offset_ms: 0,
      duration_ms: 1,
      reason: "paused",
      requests: [],
    } satisfies RecordingGap;
    expect(isWhole({ gaps: [stop], parts: [part({})] })).toBe(false);
    const lost = { medium: "picture", cause: "overrun", begin_ms: 0, end_ms: 1 } as const;
    expect(isWhole({ gaps: [], parts: [part({}), part({ gaps: [lost] })] })).toBe(false);
    for (const count of ["lost_packets", "discarded_pictures", "discarded_sound_ms"] as const)
      expect(isWhole({ gaps: [], parts: [part({ [count]: 1 })] })).toBe(false);
    expect(isWhole({ gaps: [], parts: [part(null, { state: "lost" })] })).toBe(false);
  });

  test("perhaps, if nobody knows", () => {
    expect(isWhole({ gaps: null, parts: [part({})] })).toBeNull();
    expect(isWhole({ gaps: [], parts: [part(null)] })).toBeNull();
  });
});
