/** Requests to open a recording, as a page keeps them: newest first. */

import type { RecordingUnlock } from "../../../shared/api/schema";

export type Unlock = RecordingUnlock;

/** With one that was heard of, new or changed. */
export function put(unlocks: readonly Unlock[], heard: Unlock): Unlock[] {
  const there = unlocks.some(({ unlock_id }) => unlock_id === heard.unlock_id);
  return there
    ? unlocks.map((each) => (each.unlock_id === heard.unlock_id ? heard : each))
    : [heard, ...unlocks];
}

/** As it is by then: nobody tells when a time is over. */
export function at(unlock: Unlock, now: Date): Unlock {
  const stands = unlock.state === "waiting" || unlock.state === "approved";
  return stands && Date.parse(unlock.expires_at) <= now.getTime()
    ? { ...unlock, state: "expired" }
    : unlock;
}

/** What somebody else has asked for, and this person can answer. */
export function toAnswer(unlocks: readonly Unlock[], me: string): Unlock[] {
  return unlocks.filter(({ state, requested_by }) => state === "waiting" && requested_by !== me);
}

/** What this person asked for last of a recording. */
export function lastOf(
  unlocks: readonly Unlock[],
  recordingId: string,
  me: string,
): Unlock | undefined {
  const own = unlocks.filter(
    ({ recording_id, requested_by }) => recording_id === recordingId && requested_by === me,
  );
  // One that was approved counts on, though another one waits already.
  return own.find(({ state }) => state === "approved") ?? own[0];
}
