import type { Call } from "../../shared/api/schema";
import { type MessageKey, t } from "../../shared/i18n";
import { formatPosition } from "../../shared/i18n/format";
import type { Tone } from "../../shared/ui/Badge";

interface Outcome {
  label: MessageKey;
  tone: Tone;
}

/** Reasons that say more about the end of a call than its status does. */
const BY_REASON: Partial<Record<NonNullable<Call["end_reason"]>, Outcome>> = {
  cancelled: { label: "status.cancelled", tone: "neutral" },
  participant_lost: { label: "status.participant_lost", tone: "care" },
  disconnected: { label: "status.disconnected", tone: "bad" },
  link_revoked: { label: "status.link_revoked", tone: "neutral" },
  max_duration: { label: "status.max_duration", tone: "good" },
  server_restart: { label: "status.server_restart", tone: "care" },
};

const BY_STATUS: Record<Call["call_status"], Outcome> = {
  initiated: { label: "status.initiated", tone: "care" },
  active: { label: "status.active", tone: "live" },
  ended: { label: "status.ended", tone: "good" },
  failed: { label: "status.failed", tone: "bad" },
  declined: { label: "status.declined", tone: "neutral" },
  missed: { label: "status.missed", tone: "care" },
};

/** How a call went, in words. */
export function outcome(call: Pick<Call, "call_status" | "end_reason">): Outcome {
  return (call.end_reason && BY_REASON[call.end_reason]) || BY_STATUS[call.call_status];
}

/** Whether a call was recorded, and if not, why. */
export function recordingOutcome(
  call: Pick<Call, "has_recording" | "recording_enabled" | "recording_consent_given">,
): MessageKey {
  if (call.has_recording) return "history.recorded";
  if (call.recording_enabled && call.recording_consent_given === false)
    return "history.consentDeclined";
  return "history.notRecorded";
}

/** "12 min", or "45 s" for less than one; null for a call that was never active or is not over. */
export function callDuration(
  call: Pick<Call, "duration_seconds" | "duration_minutes">,
): string | null {
  if (call.duration_minutes) return t("history.minutes", { count: call.duration_minutes });
  return call.duration_seconds ? t("history.seconds", { count: call.duration_seconds }) : null;
}

/** The sides that were badly connected for a while: in words, worst that lasted. */
export function badStretches(call: Pick<Call, "connection_by_side">): string[] {
  return (["provider", "patient"] as const).flatMap((side) => {
    const { worst, worst_seconds } = call.connection_by_side?.[side] ?? {};
    if ((worst !== "poor" && worst !== "fair") || worst_seconds === undefined) return [];
    const duration = formatPosition(worst_seconds * 1000);
    return [t(`history.stretch.${worst}`, { side: t(`roles.${side}`), duration })];
  });
}

type Sides = Pick<Call, "provider_id" | "provider_name" | "patient_name">;

/** Whether somebody is the provider of that very call, whatever their role allows elsewhere. */
export function isProviderOf(call: Pick<Sides, "provider_id">, userId: string): boolean {
  return call.provider_id === userId;
}

/** The name of the other side. */
export function counterpart(call: Sides, userId: string): string {
  return isProviderOf(call, userId) ? call.patient_name : call.provider_name;
}

export function isLive(call: Pick<Call, "call_status">): boolean {
  return call.call_status === "initiated" || call.call_status === "active";
}
