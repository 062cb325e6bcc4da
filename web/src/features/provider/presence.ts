import type { PatientList } from "../../shared/api/schema";
import type { MessageOf } from "../../shared/api/signaling/messages";

type Presence = MessageOf<"presence">;

/**
 * The list after what was told. Whoever is online and not in it stands in the next one that is
 * loaded.
 */
export function changedBy(list: PatientList, { online, offline, gone }: Presence): PatientList {
  const changes = new Map([
    ...online.map((id) => [id, true] as const),
    ...offline.map((id) => [id, false] as const),
  ]);
  const left = list.patients.filter(({ user_id }) => !gone.includes(user_id));
  return {
    patients: left.map((patient) => ({
      ...patient,
      online: changes.get(patient.user_id) ?? patient.online,
    })),
  };
}

/** Whether somebody has come whom the list does not have. */
export function lacksSomebody(list: PatientList, { online }: Presence): boolean {
  const known = new Set(list.patients.map(({ user_id }) => user_id));
  return online.some((id) => !known.has(id));
}
