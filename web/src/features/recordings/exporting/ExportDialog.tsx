import { type FormEvent, useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { api } from "../../../shared/api/endpoints";
import { words } from "../../../shared/api/refusals";
import type { RecordingExport } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { Button } from "../../../shared/ui/Button";
import { Dialog, FormDecision } from "../../../shared/ui/Dialog";
import { Notice } from "../../../shared/ui/Notice";
import { LABEL } from "../../../shared/ui/TextField";
import { asked, type Contents, choicesOf } from "./exports";

export interface ExportDialogProps {
  recordingId: string;
  /** Within which it is asked for. */
  playbackId: string;
  sealed: boolean;
  onClose: () => void;
  onAsked: (made: RecordingExport) => void;
}

/** Asks what the export is to have. */
export function ExportDialog(props: ExportDialogProps) {
  const { recordingId, playbackId, sealed, onClose, onAsked } = props;
  const choices = choicesOf(sealed);
  const [choice, setChoice] = useState<Contents>(choices[0] ?? "encrypted");
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setProblem(null);
    api.askForExport(recordingId, { playback_id: playbackId, ...asked(choice) }).then(
      (made) => {
        onAsked(made);
        onClose();
      },
      (error: unknown) => {
        setPending(false);
        setProblem(words(error));
      },
    );
  };
  return (
    <Dialog isOpen onClose={onClose} title={t("exports.dialogTitle")} wide>
      <form onSubmit={submit}>
        <p className="mt-2 text-muted">{t("exports.dialogText")}</p>
        {sealed && (
          <Notice tone="care" className="mt-4">
            {t("exports.sealed")}
          </Notice>
        )}
        <RadioGroup
          value={choice}
          onChange={(key) => setChoice(key as Contents)}
          className="mt-5 flex flex-col gap-1"
        >
          <Label className={LABEL}>{t("exports.contents")}</Label>
          {choices.map((each) => (
            <Radio
              key={each}
              value={each}
              className="group flex cursor-pointer items-start gap-3 rounded-control px-2 py-2.5 outline-none data-focus-visible:ring-2 data-focus-visible:ring-accent data-hovered:bg-subtle"
            >
              <span
                aria-hidden
                className="drawn mt-0.5 inline-flex size-5 shrink-0 rounded-full bg-surface ring-2 ring-line-strong ring-inset group-data-selected:ring-[6px] group-data-selected:ring-accent"
              />
              <span>
                <span className="block font-semibold">{t(`exports.of.${each}`)}</span>
                <span className="block text-sm text-muted">{t(`exports.note.${each}`)}</span>
              </span>
            </Radio>
          ))}
        </RadioGroup>
        <FormDecision problem={problem} onCancel={onClose}>
          <Button type="submit" isPending={pending}>
            {t("exports.confirm")}
          </Button>
        </FormDecision>
      </form>
    </Dialog>
  );
}
