import type { Recording } from "../api/schema";
import { Badge, type Tone } from "../components/Badge";
import { t } from "../i18n";

const TONES: Record<Recording["state"], Tone> = {
  recording: "live",
  complete: "good",
  recovered: "care",
  failed: "bad",
};

export function RecordingBadge({ state }: { state: Recording["state"] }) {
  return <Badge tone={TONES[state]}>{t(`recordingState.${state}`)}</Badge>;
}
