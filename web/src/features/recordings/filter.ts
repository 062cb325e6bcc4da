import type { RecordingFilter, RecordingState } from "../../shared/api/endpoints";
import type { Recording } from "../../shared/api/schema";
import { midnight } from "../../shared/ui/midnight";

/** What the page looks for; what is empty does not matter. */
export interface Filter {
  /** Ids. In the address are no names: it goes to the server and its logs. */
  person: string;
  provider: string;
  /** Local dates, "2026-03-01"; both days are included. */
  from: string;
  to: string;
  states: readonly RecordingState[];
  /** Whole minutes. */
  min: string;
  max: string;
}

/** In the order in which they are offered. */
export const STATES: readonly RecordingState[] = [
  "recording",
  "sealed",
  "recovered",
  "torn",
  "failed",
  "on_hold",
  "expiring",
  "erased",
];

const DATE = /^\d{4}-\d\d-\d\d$/;
const MINUTES = /^\d{1,5}$/;

/** As the address has it; what is nothing that can be looked for is passed over. */
export function filterOf(search: string): Filter {
  const given = new URLSearchParams(search);
  const like = (name: string, pattern: RegExp) => {
    const value = given.get(name) ?? "";
    return pattern.test(value) ? value : "";
  };
  const states = (given.get("state") ?? "").split(" ");
  return {
    person: like("person", /^[^\p{Cc}]{1,128}$/u),
    provider: like("provider", /^[^\p{Cc}]{1,128}$/u),
    from: like("from", DATE),
    to: like("to", DATE),
    states: STATES.filter((state) => states.includes(state)),
    min: like("min", MINUTES),
    max: like("max", MINUTES),
  };
}

export const NO_FILTER: Filter = filterOf("");

/** The other way round, with its question mark; nothing if all is looked for. */
export function searchOf({ states, ...values }: Filter): string {
  const given = Object.entries({ ...values, state: states.join(" ") }).filter(([, value]) => value);
  return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
}

/** Why nothing can be looked for by it. */
export function flawOf({ from, to, min, max }: Filter): "dates" | "length" | null {
  if (from && to && to < from) return "dates";
  return min && max && Number(max) < Number(min) ? "length" : null;
}

/** As the server is asked for it; nothing of what does not matter. */
export function asked({ person, provider, from, to, states, min, max }: Filter): RecordingFilter {
  return {
    ...(person && { person_id: person }),
    ...(provider && { provider_id: provider }),
    ...(from && { from: midnight(from, 0) }),
    ...(to && { to: midnight(to, 1) }),
    ...(states.length > 0 && { state: [...states] }),
    ...(min && { min_seconds: Number(min) * 60 }),
    ...(max && { max_seconds: Number(max) * 60 }),
  };
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
