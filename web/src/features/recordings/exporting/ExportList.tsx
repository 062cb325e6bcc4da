import { Download, PackageCheck, PackageOpen, PackageX, Trash2, X } from "lucide-react";
import { useState } from "react";
import { api } from "../../../shared/api/endpoints";
import { words } from "../../../shared/api/refusals";
import type { RecordingExport } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { formatBytes, formatDateTime } from "../../../shared/i18n/format";
import { Badge } from "../../../shared/ui/Badge";
import { Button } from "../../../shared/ui/Button";
import { ConfirmDialog } from "../../../shared/ui/Dialog";
import { Name } from "../../../shared/ui/Name";
import { Notice } from "../../../shared/ui/Notice";
import { useIdentity } from "../../identity";
import { contentsOf, isWaiting, shareOf, standing } from "./exports";

const TONES = {
  queued: "neutral",
  running: "neutral",
  done: "good",
  failed: "bad",
  cancelled: "neutral",
  expired: "neutral",
} as const;

export interface ExportListProps {
  exports: readonly RecordingExport[];
  /** Beside those of other recordings. */
  named?: boolean;
  onChange: () => void;
}

export function ExportList({ exports, named = false, onChange }: ExportListProps) {
  const [ending, setEnding] = useState<RecordingExport | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const end = (each: RecordingExport) => {
    setEnding(null);
    setProblem(null);
    api
      .cancelExport(each.export_id)
      .catch((error: unknown) => setProblem(words(error)))
      .finally(onChange);
  };
  return (
    <>
      {problem && (
        <Notice tone="bad" className="m-4">
          {problem}
        </Notice>
      )}
      <ul className="divide-y divide-line">
        {exports.map((each) => (
          <Item
            key={each.export_id}
            each={each}
            named={named}
            onEnd={() => (isWaiting(each) ? end(each) : setEnding(each))}
          />
        ))}
      </ul>
      {ending && (
        <ConfirmDialog
          isOpen
          danger
          onClose={() => setEnding(null)}
          title={t("exports.destroyTitle")}
          text={t("exports.destroyText")}
          confirm={t("exports.destroy")}
          onConfirm={() => end(ending)}
        />
      )}
    </>
  );
}

interface ItemProps {
  each: RecordingExport;
  named: boolean;
  onEnd: () => void;
}

function Item({ each, named, onEnd }: ItemProps) {
  const { user_id } = useIdentity();
  const isMine = each.requested_by === user_id;
  const what = t(`exports.of.${contentsOf(each)}`);
  const of = { what, patient: each.patient_name };
  const Icon = isWaiting(each) ? PackageOpen : each.state === "done" ? PackageCheck : PackageX;
  return (
    <li className="flex flex-wrap items-start gap-x-3.5 gap-y-3 px-5 py-4">
      <Icon aria-hidden className="mt-0.5 size-5 shrink-0 text-faint" />
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 font-semibold">
          <Name>{named ? each.patient_name : what}</Name>
          <Badge tone={TONES[each.state]}>{t(`exports.state.${each.state}`)}</Badge>
        </p>
        {named && (
          <p className="text-sm text-muted">
            {what} · {formatDateTime(each.recorded_at)}
          </p>
        )}
        <p className="text-sm text-muted tabular-nums">
          {standing(each)}
          {each.state === "done" && ` · ${formatBytes(each.size_bytes)}`}
        </p>
        {each.state === "running" && (
          <progress
            {...(shareOf(each) !== null && { value: shareOf(each) ?? 0 })}
            max={1}
            aria-label={t("exports.progressOf", of)}
            className="mt-2 block h-2 w-full max-w-sm appearance-none overflow-hidden rounded-full bg-subtle [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-subtle [&::-webkit-progress-value]:bg-accent"
          />
        )}
        <p className="text-sm text-muted">
          {t("exports.askedBy", {
            name: each.requested_by_name,
            time: formatDateTime(each.requested_at),
          })}
        </p>
      </div>
      {isMine && <Actions each={each} of={of} onEnd={onEnd} />}
    </li>
  );
}

interface ActionsProps {
  each: RecordingExport;
  of: { what: string; patient: string };
  onEnd: () => void;
}

function Actions({ each, of, onEnd }: ActionsProps) {
  if (isWaiting(each))
    return (
      <Button variant="quiet" size="small" aria-label={t("exports.cancelOf", of)} onPress={onEnd}>
        <X aria-hidden className="size-4" />
        {t("common.cancel")}
      </Button>
    );
  if (each.state !== "done") return null;
  return (
    <div className="flex gap-1">
      <Button
        variant="secondary"
        size="small"
        aria-label={t("exports.downloadOf", of)}
        onPress={() => save(each)}
      >
        <Download aria-hidden className="size-4" />
        {t("recording.download")}
      </Button>
      <Button variant="quiet" size="small" aria-label={t("exports.destroyOf", of)} onPress={onEnd}>
        <Trash2 aria-hidden className="size-4" />
      </Button>
    </div>
  );
}

/** The browser saves it. */
function save({ export_id }: RecordingExport): void {
  const link = document.createElement("a");
  link.href = api.exportUrl(export_id);
  link.download = "";
  link.click();
}
