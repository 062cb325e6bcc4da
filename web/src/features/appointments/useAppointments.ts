import { useCallback, useEffect } from "react";
import { api } from "../../shared/api/endpoints";
import type { Appointment } from "../../shared/api/schema";
import { onReturn } from "../../shared/api/signaling/returns";
import { type Load, useLoad } from "../../shared/ui/useLoad";
import { useMinute } from "../../shared/ui/useMinute";
import { useServerMessage } from "../identity";
import { addDays, startOfDay } from "./week";

const AHEAD_DAYS = 365;

/** All between two instants, kept fresh by what the server tells. */
export function useAppointments(after: string, before: string): Load<readonly Appointment[]> {
  const load = useLoad(useCallback(() => everything(after, before), [after, before]));
  const { reload } = load;
  useServerMessage("appointments_changed", reload);
  useServerMessage("call_ended", reload); // one may be fulfilled now
  useServerMessage("welcome", reload); // nothing was heard before it
  useEffect(() => onReturn((cause) => cause === "visible" && reload()), [reload]);
  return load;
}

/** Those of this day. */
export function useToday(): Load<readonly Appointment[]> {
  const today = startOfDay(useMinute());
  return useAppointments(today.toISOString(), addDays(today, 1).toISOString());
}

/** Those of a year from this day on. */
export function useComing(): Load<readonly Appointment[]> {
  const today = startOfDay(useMinute());
  return useAppointments(today.toISOString(), addDays(today, AHEAD_DAYS).toISOString());
}

async function everything(after: string, before: string): Promise<readonly Appointment[]> {
  const found: Appointment[] = [];
  let cursor: string | null = null;
  do {
    const page = await api.appointments(after, before, cursor);
    found.push(...page.appointments);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}
