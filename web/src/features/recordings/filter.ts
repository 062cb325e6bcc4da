import type { RecordingFilter } from "../../shared/api/endpoints";
import type { Recording } from "../../shared/api/schema";
import { matches } from "../../shared/ui/search";

export interface Filter {
  /** The kind that the server is asked for; empty for all. */
  only: RecordingFilter | "";
  name: string;
  /** Local dates, "2026-03-01"; empty for no limit. Both days are included. */
  from: string;
  to: string;
}

export const NO_FILTER: Filter = { only: "", name: "", from: "", to: "" };

export function passes(recording: Recording, { name, from, to }: Filter): boolean {
  const day = localDay(new Date(recording.started_at));
  const { patient_name, provider_name, guest_names } = recording;
  const named = [patient_name, provider_name, ...guest_names].some((one) => matches(one, name));
  return named && (from === "" || day >= from) && (to === "" || day <= to);
}

/** As the server lists what is expiring. */
const SOON_DAYS = 30;

/** Whether it will be erased within a month. */
export function expiresSoon(
  recording: Recording,
  now: Date,
): recording is Recording & { expires_at: string } {
  const { expires_at, on_hold } = recording;
  return (
    expires_at !== null &&
    !on_hold &&
    new Date(expires_at).getTime() <= now.getTime() + SOON_DAYS * 86_400_000
  );
}

function localDay(at: Date): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}
