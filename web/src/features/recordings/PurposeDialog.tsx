import { type FormEvent, useState } from "react";
import { words } from "../../shared/api/refusals";
import type { OpenPlayback } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Dialog, FormDecision } from "../../shared/ui/Dialog";
import { TextField } from "../../shared/ui/TextField";
import { Choice } from "./Choice";
import { PURPOSES, type Purpose, purposeWords } from "./purposes";

/** As many characters as the server takes. */
const LONGEST = 500;

/** What is asked, and of what. */
export interface PurposeWords {
  title: string;
  text: string;
  confirm: string;
}

const openWords = (): PurposeWords => ({
  title: t("purpose.title"),
  text: t("purpose.text"),
  confirm: t("purpose.confirm"),
});

/** Where somebody else approves it. */
export const askWords = (): PurposeWords => ({
  title: t("approval.askTitle"),
  text: t("approval.askText"),
  confirm: t("approval.askConfirm"),
});

export interface PurposeDialogProps {
  words?: PurposeWords;
  onClose: () => void;
  /** The dialog closes once it is done, and tells why it is not. */
  onConfirm: (why: OpenPlayback) => Promise<unknown>;
}

/** Asks why a recording is opened, once for all that is then done with it. */
export function PurposeDialog(props: PurposeDialogProps) {
  const { words: said = openWords(), onClose, onConfirm } = props;
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
    <Dialog isOpen onClose={onClose} title={said.title}>
      <form onSubmit={submit}>
        <p className="mt-2 text-muted">{said.text}</p>
        <Choice
          label={t("purpose.label")}
          value={purpose}
          onChange={setPurpose}
          options={PURPOSES.map((each) => [each, purposeWords(each)])}
        />
        <TextField
          label={t(purpose === "HOPERAT" ? "purpose.reason" : "purpose.reasonOptional")}
          value={reason}
          onChange={setReason}
          maxLength={LONGEST}
          required={purpose === "HOPERAT"}
          autoComplete="off"
          className="mt-4"
        />
        <FormDecision problem={problem} onCancel={onClose}>
          <Button type="submit" isDisabled={!isSaid} isPending={pending}>
            {said.confirm}
          </Button>
        </FormDecision>
      </form>
    </Dialog>
  );
}
