import { Play } from "lucide-react";
import type { Playback as Grant, RecordingDetail, RecordingPart } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { Approval, OpenUntil } from "./access/Approval";
import type { Opening } from "./access/useOpening";
import { explain } from "./explain";
import { playerGaps } from "./lacks";
import { Player } from "./playback/Player";
import { StillButton } from "./playback/StillButton";
import { lanesOf } from "./playback/timeline";
import { SealedPlayback } from "./sealed/SealedPlayback";
import { addresses, type Decryption } from "./sealed/useDecryption";

export interface PlaybackProps
  extends Pick<RecordingDetail, "recording" | "parts" | "gaps" | "timeline" | "key_id"> {
  opening: Opening;
  /** Of a recording that this browser decrypts itself. */
  decryption: Decryption;
}

/** The player, behind a button that says what pressing it leaves behind. */
export function Playback({ opening, decryption, ...detail }: PlaybackProps) {
  const { recording, parts, gaps, timeline, key_id } = detail;
  if (recording.state === "recording") return <Notice>{t("recording.running")}</Notice>;
  const { grant, unlock } = opening;
  const { recording_id: recordingId, started_at: startedAt } = recording;
  const title = t("recording.title", {
    patient: recording.patient_name,
    provider: recording.provider_name,
  });
  const player = (grant: Grant, parts: readonly RecordingPart[], urls: Grant["urls"]) => (
    <div>
      {unlock && <OpenUntil unlock={unlock} />}
      <Player
        key={grant.playback_id}
        length={recording.duration_ms}
        parts={parts}
        gaps={playerGaps(gaps)}
        timeline={timeline}
        urls={urls}
        viewer={grant.viewer_name}
        explain={explain}
        onReopen={() => opening.open()}
        still={
          grant.may_save
            ? (shown) => <StillButton of={{ recordingId, grant, title, startedAt }} shown={shown} />
            : undefined
        }
      />
    </div>
  );
  if (key_id !== null)
    return (
      <SealedPlayback
        recordingId={recording.recording_id}
        keyId={key_id}
        parts={parts}
        opening={opening}
        decryption={decryption}
      >
        {(opened) => {
          const urls = addresses(recording.recording_id, opened);
          const playable = parts.filter(({ part_id }) => part_id in urls);
          return lanesOf(playable).length > 0 && player(opened.grant, playable, urls);
        }}
      </SealedPlayback>
    );
  if (lanesOf(parts).length === 0) return <Notice tone="care">{t("recording.nothing")}</Notice>;
  if (grant) return player(grant, parts, grant.urls);
  const play = (
    <Button size="large" variant="light" onPress={() => opening.open()} isPending={opening.pending}>
      <Play aria-hidden className="size-5 fill-current" />
      {t("recording.play")}
    </Button>
  );
  if (opening.needsApproval) return <Approval opening={opening}>{play}</Approval>;
  return (
    <div className="flex flex-col items-center justify-center gap-4 rounded-card bg-stage-surface px-6 py-16 text-center text-stage-ink sm:py-24">
      {play}
      <p className="max-w-md text-[0.9375rem] text-stage-muted">{t("recording.playNote")}</p>
    </div>
  );
}
