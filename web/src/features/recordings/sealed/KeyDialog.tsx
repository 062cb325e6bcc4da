import { FileKey2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { FileTrigger } from "react-aria-components";
import { t } from "../../../shared/i18n";
import { Button } from "../../../shared/ui/Button";
import { Dialog, FormDecision } from "../../../shared/ui/Dialog";
import { LABEL, TextField } from "../../../shared/ui/TextField";
import { readKeyFile } from "./opening/keyfile";
import { Trouble } from "./opening/trouble";
import { OpenKey } from "./openkey";
import { troubleWords } from "./troubles";

/** Octets; the file of a key has some two thousand. */
const LARGEST = 64 * 1024;

export interface KeyDialogProps {
  /** Of the key that the recording needs. */
  needed: string;
  onClose: () => void;
  onOpened: (key: OpenKey) => void;
}

/** Asks for the file of the private key and its passphrase, neither of which leaves the page. */
export function KeyDialog({ needed, onClose, onOpened }: KeyDialogProps) {
  const [file, setFile] = useState<{ name: string; text: string } | null>(null);
  const [passphrase, setPassphrase] = useState("");
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    setProblem(null);
    setFile(null);
    try {
      if (chosen.size > LARGEST) throw new Trouble("not_a_key");
      const text = await chosen.text();
      const { keyId } = await readKeyFile(text);
      if (keyId === needed) setFile({ name: chosen.name, text });
      else setProblem(t("sealed.otherKey", { held: keyId, needed }));
    } catch (error) {
      setProblem(troubleWords(error));
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!file || passphrase === "" || pending) return;
    setPending(true);
    setProblem(null);
    OpenKey.open(file.text, passphrase).then(onOpened, (error: unknown) => {
      setPending(false);
      setPassphrase("");
      setProblem(troubleWords(error));
    });
  };

  return (
    <Dialog isOpen onClose={onClose} title={t("sealed.keyTitle")}>
      <form onSubmit={submit}>
        <p className="mt-2 text-muted">{t("sealed.keyText")}</p>
        <p className={`${LABEL} mt-5`}>{t("sealed.keyFile")}</p>
        <div className="flex min-w-0 items-center gap-3">
          <FileTrigger onSelect={(files) => void choose(files?.[0])}>
            <Button variant="secondary" aria-label={t("sealed.chooseFile")}>
              <FileKey2 aria-hidden className="size-4" />
              {t("sealed.choose")}
            </Button>
          </FileTrigger>
          <span role="status" className="min-w-0 truncate text-muted" dir="auto">
            {file?.name ?? t("sealed.noFile")}
          </span>
        </div>
        <TextField
          type="password"
          label={t("sealed.passphrase")}
          value={passphrase}
          onChange={setPassphrase}
          required
          autoComplete="off"
          className="mt-4"
        />
        <FormDecision problem={problem} onCancel={onClose}>
          <Button type="submit" isDisabled={!file || passphrase === ""} isPending={pending}>
            {t("sealed.openKey")}
          </Button>
        </FormDecision>
      </form>
    </Dialog>
  );
}
