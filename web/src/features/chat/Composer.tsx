import { Paperclip, SendHorizontal, X } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, type Ref, useRef, useState } from "react";
import type { FilesTaken } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatBytes } from "../../shared/i18n/format";
import { IconButton } from "../../shared/ui/Button";
import { classes } from "../../shared/ui/classes";
import { FIELD } from "../../shared/ui/TextField";

export interface ComposerProps {
  ref: Ref<HTMLTextAreaElement>;
  /** What can be sent beside words; none at all, if not even that is known. */
  takes: FilesTaken | null;
  /** Chosen, and not sent before the writer says so. */
  files: readonly File[];
  onFiles: (files: readonly File[]) => void;
  onSend: (text: string, files: readonly File[]) => void;
}

/** The server's own limit. */
const MOST_CHARACTERS = 4000;
const MB = 2 ** 20;

/** What is written, and the files that go with it. */
export function Composer({ ref, takes, files, onFiles, onSend }: ComposerProps) {
  const [text, setText] = useState("");
  const chooser = useRef<HTMLInputElement>(null);
  const most = takes?.most_bytes ?? 0;
  const isTooLong = [...text].length > MOST_CHARACTERS;
  const tooLarge = files.find(({ size }) => size > most);
  const isEmpty = text.trim() === "" && files.length === 0;
  const cannot = isEmpty || isTooLong || tooLarge !== undefined;
  const send = () => {
    if (cannot) return;
    onSend(text.trim(), files);
    setText("");
    onFiles([]);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const paste = (event: ClipboardEvent) => {
    const pasted = [...event.clipboardData.files];
    if (pasted.length === 0 || most === 0) return;
    event.preventDefault();
    onFiles([...files, ...pasted]);
  };
  return (
    <form
      className="flex shrink-0 flex-col gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {files.length > 0 && (
        <ul
          aria-label={t("chat.attached")}
          className="flex max-h-32 flex-col gap-1 overflow-y-auto"
        >
          {files.map((file, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: the same file can be chosen twice
              key={`${index} ${file.name}`}
              className="flex items-center gap-2 rounded-control bg-subtle pl-3 text-sm"
            >
              <bdi title={file.name} className="min-w-0 flex-1 truncate">
                {file.name}
              </bdi>
              <span className="shrink-0 text-xs text-muted">{formatBytes(file.size)}</span>
              <IconButton
                aria-label={t("chat.detach", { file: file.name })}
                onPress={() => onFiles(files.filter((other) => other !== file))}
              >
                <X aria-hidden className="size-4.5" />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <div className="flex items-end gap-1">
        {most > 0 && (
          <>
            <input
              ref={chooser}
              type="file"
              multiple
              hidden
              onChange={({ target }) => {
                onFiles([...files, ...(target.files ?? [])]);
                target.value = "";
              }}
            />
            <IconButton aria-label={t("chat.attach")} onPress={() => chooser.current?.click()}>
              <Paperclip aria-hidden className="size-5" />
            </IconButton>
          </>
        )}
        <textarea
          ref={ref}
          aria-label={t("chat.label")}
          placeholder={t("chat.label")}
          dir="auto"
          rows={2}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={press}
          onPaste={paste}
          className={classes(FIELD, "block max-h-40 flex-1 resize-none py-2.5")}
        />
        <IconButton aria-label={t("chat.send")} onPress={send} isDisabled={cannot}>
          <SendHorizontal aria-hidden className="size-5" />
        </IconButton>
      </div>
      {isTooLong && <Problem>{t("chat.tooLong", { limit: MOST_CHARACTERS })}</Problem>}
      {tooLarge && (
        <Problem>
          {most === 0
            ? t("chat.noFiles")
            : t("chat.fileTooLarge", { file: tooLarge.name, limit: `${Math.floor(most / MB)} MB` })}
        </Problem>
      )}
    </form>
  );
}

function Problem({ children }: { children: string }) {
  return (
    <p role="alert" className="text-sm wrap-anywhere text-danger-ink">
      {children}
    </p>
  );
}
