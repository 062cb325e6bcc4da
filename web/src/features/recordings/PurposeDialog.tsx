import { type FormEvent, useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { words } from "../../shared/api/refusals";
import type { OpenPlayback } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Decision, Dialog } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";
import { LABEL, TextField } from "../../shared/ui/TextField";
import { PURPOSES, type Purpose, purposeWords } from "./purposes";

/** As many characters as the server takes. */
const LONGEST = 500;

export interface PurposeDialogProps {
  onClose: () => void;
  /** The dialog closes once it is done, and tells why it is not. */
  onConfirm: (why: OpenPlayback) => Promise<unknown>;
}

/** Asks why a recording is opened, once for all that is then done with it. */
export function PurposeDialog({ onClose, onConfirm }: PurposeDialogProps) {
  const [purpose, setPurpose] = useState<Purpose | null>(null);
  const [reason, setReason] = useState("");
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const given = reason.trim();
  const isSaid = purpose !== null && (purpose !== "HOPERAT" || given !== "");

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (purpose === null || !isSaid || pending) return;
    setPending(true);
    setProblem(null);
    onConfirm({ purpose, reason: given === "" ? null : given }).then(onClose, (error: unknown) => {
      setPending(false);
      setProblem(words(error));
    });
  };

  return (
    <Dialog isOpen onClose={onClose} title={t("purpose.title")}>
      <form onSubmit={submit}>
        <p className="mt-2 text-muted">{t("purpose.text")}</p>
        <RadioGroup
          value={purpose}
          onChange={(key) => setPurpose(key as Purpose)}
          className="mt-5 flex flex-col gap-1"
        >
          <Label className={LABEL}>{t("purpose.label")}</Label>
          {PURPOSES.map((each) => (
            <Radio
              key={each}
              value={each}
              className="group flex min-h-11 cursor-pointer items-center gap-3 rounded-control px-2 outline-none data-focus-visible:ring-2 data-focus-visible:ring-accent data-hovered:bg-subtle"
            >
              <span
                aria-hidden
                className="drawn inline-flex size-5 shrink-0 rounded-full bg-surface ring-2 ring-line-strong ring-inset group-data-selected:ring-[6px] group-data-selected:ring-accent"
              />
              {purposeWords(each)}
            </Radio>
          ))}
        </RadioGroup>
        <TextField
          label={t(purpose === "HOPERAT" ? "purpose.reason" : "purpose.reasonOptional")}
          value={reason}
          onChange={setReason}
          maxLength={LONGEST}
          required={purpose === "HOPERAT"}
          autoComplete="off"
          className="mt-4"
        />
        {problem && (
          <Notice tone="bad" className="mt-4">
            {problem}
          </Notice>
        )}
        <Decision>
          <Button variant="secondary" onPress={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" isDisabled={!isSaid} isPending={pending}>
            {t("purpose.confirm")}
          </Button>
        </Decision>
      </form>
    </Dialog>
  );
}
