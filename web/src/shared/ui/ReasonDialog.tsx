import { type FormEvent, useState } from "react";
import { words } from "../api/refusals";
import { t } from "../i18n";
import { Button } from "./Button";
import { Dialog, FormDecision } from "./Dialog";
import { TextField } from "./TextField";

/** As many characters as the server takes. */
const LONGEST = 500;

export interface ReasonDialogProps {
  title: string;
  text: string;
  confirm: string;
  onClose: () => void;
  /** What is done with the reason; the dialog closes once it is done, and tells why it is not. */
  onConfirm: (reason: string) => Promise<unknown>;
  danger?: boolean;
}

/** Asks why, before something that stays on record. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, text, confirm, onClose, onConfirm, danger = false } = props;
  const [reason, setReason] = useState("");
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const given = reason.trim();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!given || pending) return;
    setPending(true);
    setProblem(null);
    onConfirm(given).then(onClose, (error: unknown) => {
      setPending(false);
      setProblem(words(error));
    });
  };

  return (
    <Dialog isOpen onClose={onClose} title={title} role="alertdialog">
      <form onSubmit={submit}>
        <p className="mt-2 text-muted">{text}</p>
        <TextField
          label={t("keeping.reason")}
          value={reason}
          onChange={setReason}
          maxLength={LONGEST}
          autoFocus
          required
          autoComplete="off"
          className="mt-5"
        />
        <FormDecision problem={problem} onCancel={onClose}>
          <Button
            type="submit"
            variant={danger ? "danger" : "primary"}
            isDisabled={!given}
            isPending={pending}
          >
            {confirm}
          </Button>
        </FormDecision>
      </form>
    </Dialog>
  );
}
