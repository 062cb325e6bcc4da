import type { Recording } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Badge, type Tone } from "../../shared/ui/Badge";

const TONES: Record<Recording["state"], Tone> = {
  recording: "live",
  complete: "good",
  recovered: "care",
  failed: "bad",
};

export function RecordingBadge({ state }: { state: Recording["state"] }) {
  return <Badge tone={TONES[state]}>{t(`recordingState.${state}`)}</Badge>;
}
