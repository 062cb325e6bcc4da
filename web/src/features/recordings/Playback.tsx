import { Play } from "lucide-react";
import type { Playback as Grant, RecordingDetail } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { lacksOf, lackWords } from "./lacks";
import { Player } from "./playback/Player";
import { lanesOf } from "./playback/timeline";

export interface PlaybackProps extends Pick<RecordingDetail, "recording" | "parts" | "gaps"> {
  /** None before it was opened. */
  grant: Grant | null;
  /** Asks why, and then opens it. */
  onOpen: () => void;
}

/** The player, behind a button that says what pressing it leaves behind. */
export function Playback({ recording, parts, gaps, grant, onOpen }: PlaybackProps) {
  if (recording.state === "recording") return <Notice>{t("recording.running")}</Notice>;
  if (recording.sealed) return <Notice tone="care">{t("recording.sealed")}</Notice>;
  if (lanesOf(parts).length === 0) return <Notice tone="care">{t("recording.nothing")}</Notice>;
  if (grant)
    return (
      <Player
        key={grant.playback_id}
        length={recording.duration_ms}
        parts={parts}
        gaps={lacksOf({ gaps, parts: [] }).map((lack) => ({
          start: lack.from,
          end: lack.to,
          words: lackWords(lack),
          onRequest: lack.asked !== undefined,
        }))}
        urls={grant.urls}
        viewer={grant.viewer_name}
        onReopen={onOpen}
      />
    );
  return (
    <div className="flex flex-col items-center justify-center gap-4 rounded-card bg-stage-surface px-6 py-16 text-center text-stage-ink sm:py-24">
      <Button size="large" onPress={onOpen} variant="light">
        <Play aria-hidden className="size-5 fill-current" />
        {t("recording.play")}
      </Button>
      <p className="max-w-md text-[0.9375rem] text-stage-muted">{t("recording.playNote")}</p>
    </div>
  );
}
