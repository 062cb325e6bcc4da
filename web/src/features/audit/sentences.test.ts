import { expect, test } from "vitest";
import type { ListedAuditEntry } from "../../shared/api/schema";
import { reason, repeats, sentence } from "./sentences";

const ENTRY: ListedAuditEntry = {
  id: 1,
  at: "2026-03-01T09:00:00Z",
  action: "recording.played",
  actor_id: "compliance",
  actor_name: "Casey Nguyen",
  actor_role: "compliance",
  subject_type: "recording",
  subject_id: "r1",
  address: "192.0.2.1",
  user_agent: null,
  detail: {},
  index: 0,
  outcome: "done",
  recording_id: "r1",
  call: {
    room_id: "room",
    created_at: "2026-03-01T08:00:00Z",
    patient_name: "Alex Morgan",
    provider_name: "Dr. Rivera",
  },
  person_name: null,
};
const BY_NOBODY = { actor_id: null, actor_name: null, actor_role: null, address: null };

test("an event is a sentence with the names of whom it concerns", () => {
  expect(sentence(ENTRY)).toBe(
    "Casey Nguyen opened the recording of Alex Morgan with Dr. Rivera to play it.",
  );
  expect(sentence({ ...ENTRY, action: "call.accepted", recording_id: null })).toBe(
    "Casey Nguyen accepted the call of Alex Morgan with Dr. Rivera.",
  );
  const added = { ...ENTRY, action: "user.added", person_name: "Sam Lee", call: null } as const;
  expect(sentence(added)).toBe("Casey Nguyen added Sam Lee.");
});

test("what is not known is said in general words, and a sentence begins with a capital", () => {
  const unknown = { ...ENTRY, ...BY_NOBODY, call: null, recording_id: null };
  expect(sentence({ ...unknown, action: "call.failed" })).toBe("A call failed.");
  expect(sentence({ ...unknown, action: "recording.completed" })).toBe("A recording was saved.");
  expect(sentence({ ...unknown, action: "user.added" })).toBe("The server added somebody.");
  const failed = { ...unknown, action: "user.sign_in_failed", address: "192.0.2.1" } as const;
  expect(sentence(failed)).toBe("Somebody tried to sign in, and failed.");
  const command = { ...unknown, action: "backup.made", detail: { account: "root" } } as const;
  expect(sentence(command)).toBe("An operator of the server (root) made a backup.");
});

test("a reason is shown that somebody gave, and not the code of a refusal", () => {
  expect(reason({ ...ENTRY, detail: { reason: "A complaint" } })).toBe("A complaint");
  expect(reason({ ...ENTRY, outcome: "refused", detail: { reason: "role" } })).toBeNull();
  expect(reason(ENTRY)).toBeNull();
  expect([repeats(ENTRY), repeats({ ...ENTRY, detail: { count: 3 } })]).toEqual([0, 3]);
});
