import { Download, File as FileIcon, FileText, Image, RotateCw, Trash2, X } from "lucide-react";
import { useId, useState } from "react";
import { save } from "../../shared/api/files";
import { words } from "../../shared/api/refusals";
import type { ChatFile } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatBytes } from "../../shared/i18n/format";
import { IconButton } from "../../shared/ui/Button";
import { ReasonDialog } from "../../shared/ui/ReasonDialog";
import { Spinner } from "../../shared/ui/Spinner";
import type { PendingFile } from "./sender";

const CARD =
  "flex w-full max-w-[85%] items-center gap-3 rounded-card bg-surface py-1.5 pr-1.5 pl-3.5 ring-1 ring-line";

export interface SentFileProps {
  file: ChatFile;
  fetch: (fileId: string) => Promise<Blob>;
  /** For good; none: it is not the reader's to erase. */
  erase: ((reason: string) => Promise<void>) | undefined;
}

/** A file of a message, which is saved, and never shown here. */
export function SentFile({ file, fetch, erase }: SentFileProps) {
  const [isFetching, setFetching] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isAsked, setAsked] = useState(false);
  if (file.erased)
    return <p className={`${CARD} py-3 text-sm text-muted`}>{t("chat.fileErased")}</p>;
  const name = file.name ?? t("chat.fileDamaged");
  const download = async () => {
    setFetching(true);
    setError(null);
    try {
      save(await fetch(file.file_id), name);
    } catch (failure) {
      setError(failure);
    }
    setFetching(false);
  };
  return (
    <>
      <div className={CARD}>
        <Picture type={file.media_type} />
        <Named
          name={name}
          detail={`${typeWords(file.media_type, name)} · ${formatBytes(file.size_bytes)}`}
        />
        <IconButton
          aria-label={t("chat.download", { file: name })}
          onPress={() => !isFetching && void download()}
        >
          {isFetching ? <Spinner /> : <Download aria-hidden className="size-5" />}
        </IconButton>
        {erase && (
          <IconButton
            aria-label={t("chat.eraseFile", { file: name })}
            onPress={() => setAsked(true)}
            className="-ml-3"
          >
            <Trash2 aria-hidden className="size-4.5" />
          </IconButton>
        )}
      </div>
      {error !== null && (
        <p role="alert" className="mt-0.5 text-sm text-danger-ink">
          {t("chat.downloadFailed", { reason: words(error) })}
        </p>
      )}
      {isAsked && erase && (
        <ReasonDialog
          title={t("chat.eraseFileTitle")}
          text={t("chat.eraseFileText")}
          confirm={t("chat.eraseFileNow")}
          onClose={() => setAsked(false)}
          onConfirm={erase}
          danger
        />
      )}
    </>
  );
}

export interface UnsentFileProps {
  pending: PendingFile;
  onRetry: () => void;
  onCancel: () => void;
}

/** A file on its way, or one that did not get there. */
export function UnsentFile({ pending, onRetry, onCancel }: UnsentFileProps) {
  const { file, state, share, error } = pending;
  const label = useId();
  const percent = Math.round(share * 100);
  return (
    <li className="flex flex-col items-end">
      <div className={CARD}>
        <Picture type={file.type} />
        <div className="min-w-0 flex-1">
          <Named id={label} name={file.name} detail={formatBytes(file.size)} />
          {state === "sending" && (
            <div
              role="progressbar"
              aria-label={t("chat.fileSending", { file: file.name })}
              aria-valuenow={percent}
              aria-valuemin={0}
              aria-valuemax={100}
              className="mt-1.5 h-1.5 overflow-hidden rounded-full bg-subtle"
            >
              <svg
                aria-hidden="true"
                viewBox="0 0 100 1"
                preserveAspectRatio="none"
                className="size-full"
              >
                <rect width={percent} height="1" className="fill-accent" />
              </svg>
            </div>
          )}
        </div>
        {state === "failed" && (
          <IconButton aria-label={t("chat.retry", { file: file.name })} onPress={onRetry}>
            <RotateCw aria-hidden className="size-5" />
          </IconButton>
        )}
        <IconButton
          aria-label={t(state === "failed" ? "chat.discard" : "chat.cancel", { file: file.name })}
          onPress={onCancel}
          className={state === "failed" ? "-ml-3" : ""}
        >
          <X aria-hidden className="size-5" />
        </IconButton>
      </div>
      <p className="mt-0.5 max-w-[85%] text-xs text-muted">
        {state === "waiting" && t("chat.fileWaiting")}
        {state === "failed" && (
          <span className="text-danger-ink">{t("chat.fileFailed", { reason: words(error) })}</span>
        )}
      </p>
    </li>
  );
}

function Named({ id, name, detail }: { id?: string; name: string; detail: string }) {
  return (
    <p id={id} className="min-w-0 flex-1 text-sm">
      <bdi title={name} className="line-clamp-2 font-semibold wrap-anywhere">
        {name}
      </bdi>
      <span className="block text-xs text-muted">{detail}</span>
    </p>
  );
}

function Picture({ type }: { type: string }) {
  const Icon = type.startsWith("image/") ? Image : type === "" ? FileIcon : FileText;
  return <Icon aria-hidden className="size-6 shrink-0 text-accent-ink" />;
}

/** "PDF": how people know it; the type was found by its content. */
function typeWords(mediaType: string, name: string): string {
  const known = TYPES[mediaType];
  return known ?? name.split(".").at(-1)?.toUpperCase() ?? "";
}

const TYPES: Readonly<Record<string, string>> = {
  "application/pdf": "PDF",
  "image/png": "PNG",
  "image/jpeg": "JPEG",
  "image/gif": "GIF",
  "image/webp": "WebP",
  "image/heic": "HEIC",
};
