import type { AuditQuery } from "../../shared/api/endpoints";
import { midnight } from "../../shared/ui/midnight";
import type { Person } from "../../shared/ui/PersonField";

/** What the page looks for; empty or null does not matter. */
export interface Filter {
  /** Local dates, "2026-03-01"; both days are included. */
  from: string;
  to: string;
  group: NonNullable<AuditQuery["group"]> | "";
  outcome: NonNullable<AuditQuery["outcome"]> | "";
  actor: Person | null;
  person: Person | null;
  address: string;
  room: string;
  recording: string;
}

export const NO_FILTER: Filter = {
  from: "",
  to: "",
  group: "",
  outcome: "",
  actor: null,
  person: null,
  address: "",
  room: "",
  recording: "",
};

/** As the server is asked for it; nothing of what does not matter. */
export function asked(filter: Filter): AuditQuery {
  const { from, to, group, outcome, actor, person, address, room, recording } = filter;
  return {
    ...(from && { begin: midnight(from, 0) }),
    ...(to && { end: midnight(to, 1) }),
    ...(group && { group }),
    ...(outcome && { outcome }),
    ...(actor && { actor_id: actor.user_id }),
    ...(person && { person_id: person.user_id }),
    ...(address && { address }),
    ...(room && { room_id: room }),
    ...(recording && { recording_id: recording }),
  };
}
