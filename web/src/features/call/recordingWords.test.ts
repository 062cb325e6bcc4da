import { expect, test } from "vitest";
import type { RecordingState } from "../../shared/api/signaling/messages";
import { initialState } from "./core/state";
import { whyWords } from "./recordingWords";

function why(recording: Partial<RecordingState> & Pick<RecordingState, "state">): string {
  const state = initialState("a");
  const told = { reason: null, parameters: {}, earlier: null, ...recording };
  const now = { ...state, phase: "active" as const, socketOpen: true, recordingEnabled: true };
  return whyWords({ ...now, media: "connected", recording: told }, true);
}

test("a reason has words of the page's own, with the server's parameters in them", () => {
  const settling = { state: "paused", reason: "settling" } as const;
  expect(why({ ...settling, parameters: { seconds: 1 } })).toBe(
    "The recording starts in a moment.",
  );
  expect(why({ ...settling, parameters: { seconds: 30 } })).toContain("within 30 seconds");
  expect(why({ state: "failed", reason: "no_space" })).toContain("too little space");
});

test("a reason that is not told has the words of its state", () => {
  expect(why({ state: "paused" })).toBe("The recording continues when everybody is connected.");
  expect(why({ state: "paused", reason: "disconnected" })).toBe(why({ state: "paused" }));
});

test("what became of what was recorded before is told while it is stopped", () => {
  const stopped = { state: "stopped", reason: "refused" } as const;
  expect(why({ ...stopped, earlier: "erased" })).toMatch(/continues.*has been erased for good\.$/);
  expect(why({ ...stopped, earlier: "held" })).toContain("legal hold");
  expect(why({ ...stopped, earlier: null })).toBe(why({ state: "stopped" }));
  expect(why({ state: "recording", earlier: "erased" })).not.toContain("erased");
});
