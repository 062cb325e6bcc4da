import { expect, test } from "vitest";
import type { BreakGlassAccess } from "../../../shared/api/schema";
import { putAccess } from "./accesses";

function access(access_id: string, reviewed_at: string | null = null): BreakGlassAccess {
  return {
    access_id,
    recording_id: "77aa",
    patient_name: "Alex Morgan",
    provider_name: "Dr. Elena Rivera",
    recorded_at: "2026-03-02T09:00:15Z",
    holder_id: "a1d0",
    holder_name: "Dr. Elena Rivera",
    opened_at: "2026-03-04T09:40:00Z",
    expires_at: "2026-03-04T09:55:00Z",
    purpose: "ETREAT",
    reason: "Alex took tablets",
    reviewed_at,
    reviewed_by_name: null,
    justified: null,
    note: null,
  };
}

test("what waits for a review stands before what was reviewed, newest of these first", () => {
  const [first, second] = [access("1"), access("2")];
  const reviewed = access("1", "2026-03-05T09:00:00Z");
  const earlier = access("0", "2026-03-03T09:00:00Z");
  expect(putAccess([first, earlier], second)).toEqual([first, second, earlier]);
  expect(putAccess([first, second, earlier], reviewed)).toEqual([second, reviewed, earlier]);
});
