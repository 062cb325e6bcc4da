import { Lock } from "lucide-react";
import type { Recording } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDate } from "../../shared/i18n/format";
import { Badge, type Tone } from "../../shared/ui/Badge";

const TONES: Record<Recording["state"], Tone> = {
  recording: "live",
  complete: "good",
  recovered: "care",
  torn: "care",
  failed: "bad",
  erased: "neutral",
};

export interface RecordingBadgeProps {
  state: Recording["state"];
  /** Whether it holds all that was sent; unknown in a list, which does not tell. */
  whole?: boolean | null;
}

export function RecordingBadge({ state, whole = null }: RecordingBadgeProps) {
  if (state !== "complete" || whole === null)
    return <Badge tone={TONES[state]}>{t(`recordingState.${state}`)}</Badge>;
  return (
    <Badge tone={whole ? "good" : "care"}>{t(`recordingState.${whole ? "whole" : "gaps"}`)}</Badge>
  );
}

/** Beside what became of it: nobody can erase it. */
export function HoldBadge() {
  return (
    <Badge tone="care">
      <Lock aria-hidden className="size-3.5" />
      {t("recordingState.onHold")}
    </Badge>
  );
}

/** Its time is nearly over. */
export function ExpiryBadge({ at }: { at: string }) {
  return <Badge tone="care">{t("recordingState.expires", { date: formatDate(at) })}</Badge>;
}
