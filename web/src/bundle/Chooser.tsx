import { FolderOpen, PackageOpen } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { t } from "../shared/i18n";
import { Button } from "../shared/ui/Button";
import { classes } from "../shared/ui/classes";
import { dropped } from "./core/dropped";

export interface ChooserProps {
  /** By their paths; of an archive its own name alone. */
  onChosen: (chosen: ReadonlyMap<string, Blob>) => unknown;
}

/** A page that was opened from the disk may read what somebody gives it, and nothing else. */
export function Chooser({ onChosen }: ChooserProps) {
  const file = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const chosen = new Map(
      Array.from(files ?? [], (each) => [each.webkitRelativePath || each.name, each]),
    );
    if (chosen.size > 0) onChosen(chosen);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void dropped(event.dataTransfer).then((found) => found.size > 0 && onChosen(found));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons in it do the same
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={classes(
        "flex flex-col items-center gap-5 rounded-card border-2 border-dashed px-6 py-14 text-center",
        over ? "border-accent bg-accent-subtle" : "border-line-strong bg-surface",
      )}
    >
      <PackageOpen aria-hidden className="size-10 text-accent-ink" />
      <p className="text-muted">{t("bundle.drop")}</p>
      <div className="flex flex-wrap justify-center gap-3">
        <Button size="large" onPress={() => file.current?.click()}>
          {t("bundle.choose")}
        </Button>
        <Button size="large" variant="secondary" onPress={() => folder.current?.click()}>
          <FolderOpen aria-hidden className="size-5" />
          {t("bundle.chooseFolder")}
        </Button>
      </div>
      <input
        ref={file}
        type="file"
        accept=".zip,application/zip"
        hidden
        onChange={({ target }) => take(target.files)}
      />
      <input
        ref={folder}
        type="file"
        hidden
        onChange={({ target }) => take(target.files)}
        {...{ webkitdirectory: "" }}
      />
    </div>
  );
}
