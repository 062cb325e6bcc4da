import { Download, FileAudio, FileVideo, MonitorUp } from "lucide-react";
import { useState } from "react";
import { words } from "../../shared/api/refusals";
import type { RecordingDetail, RecordingPart } from "../../shared/api/schema";
import { type MessageKey, t } from "../../shared/i18n";
import { formatBytes, formatPosition } from "../../shared/i18n/format";
import { Badge } from "../../shared/ui/Badge";
import { Button } from "../../shared/ui/Button";
import { ConfirmDialog } from "../../shared/ui/Dialog";
import { Name } from "../../shared/ui/Name";
import { Notice } from "../../shared/ui/Notice";
import { download } from "./download";
import { hasPicture } from "./playback/timeline";

export interface FilesProps extends Pick<RecordingDetail, "authenticity" | "parts"> {
  recordingId: string;
  /** The server has no key to decrypt it with. */
  sealed: boolean;
  /** By which it is downloaded; none before it was said why the recording is opened. */
  playbackId: string | null;
  onNeedsGrant: (part: RecordingPart) => void;
}

/** The parts one by one, each to be downloaded after a warning of what that means. */
export function Files(props: FilesProps) {
  const { recordingId, sealed, authenticity, parts, playbackId, onNeedsGrant } = props;
  const [asked, setAsked] = useState<RecordingPart | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const confirm = (part: RecordingPart) => {
    setAsked(null);
    if (playbackId === null) onNeedsGrant(part);
    else void download(recordingId, part, playbackId).then(setProblem);
  };
  return (
    <>
      <div className="flex flex-col gap-1.5 border-b border-line px-5 py-3.5 text-sm text-muted">
        <p>{t(`recording.authenticity.${authenticity}`)}</p>
        {!sealed && <p>{t("recording.filesNote")}</p>}
      </div>
      {problem !== null && (
        <Notice tone="bad" className="m-4">
          {words(problem)}
        </Notice>
      )}
      <ul className="divide-y divide-line">
        {parts.map((part) => (
          <File key={part.part_id} part={part} sealed={sealed} onDownload={() => setAsked(part)} />
        ))}
      </ul>
      {asked && (
        <ConfirmDialog
          isOpen
          onClose={() => setAsked(null)}
          title={t("recording.downloadTitle")}
          text={t("recording.downloadText")}
          confirm={t("recording.downloadConfirm")}
          onConfirm={() => confirm(asked)}
        />
      )}
    </>
  );
}

function sourceOf(part: RecordingPart): { label: MessageKey; icon: typeof FileVideo } {
  if (part.source === "screen") return { label: "recording.screen", icon: MonitorUp };
  return hasPicture(part)
    ? { label: "recording.camera", icon: FileVideo }
    : { label: "recording.audio", icon: FileAudio };
}

interface FileProps {
  part: RecordingPart;
  sealed: boolean;
  onDownload: () => void;
}

function File({ part, sealed, onDownload }: FileProps) {
  const { label, icon: Icon } = sourceOf(part);
  const time = t("recording.from", { time: formatPosition(part.offset_ms) });
  const changed = part.authenticity === "changed";
  const stored = part.state === "sealed" || part.state === "recovered";
  return (
    <li className="flex items-center gap-3.5 px-5 py-3.5">
      <Icon aria-hidden className="size-5 shrink-0 text-faint" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">
          <Name>{part.participant_name}</Name>
        </p>
        <p className="text-sm text-muted tabular-nums">
          {t(label)} · {time} · {formatPosition(part.duration_ms)} · {formatBytes(part.size_bytes)}
        </p>
      </div>
      {changed && <Badge tone="bad">{t("recording.fileChanged")}</Badge>}
      {part.state !== "sealed" && (
        <Badge tone={part.state === "lost" ? "bad" : "care"}>
          {t(`recordingState.${part.state}`)}
        </Badge>
      )}
      {stored && !changed && !sealed && (
        <Button
          variant="quiet"
          size="small"
          aria-label={t("recording.downloadOf", {
            name: part.participant_name,
            source: t(label),
            time,
          })}
          onPress={onDownload}
        >
          <Download aria-hidden className="size-4" />
          <span className="max-sm:hidden">{t("recording.download")}</span>
        </Button>
      )}
    </li>
  );
}
