import { type FormEvent, useState } from "react";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import type { Person } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Decision, Dialog } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";
import { SelectField } from "../../shared/ui/SelectField";
import { Switch } from "../../shared/ui/Switch";
import { TextField } from "../../shared/ui/TextField";
import { ROLES, type Role } from "./roles";

export interface AddPersonDialogProps {
  onClose: () => void;
  onAdded: (person: Person) => void;
}

/** An account, and the invitation to it. One that was added stays, if the letter cannot be sent. */
export function AddPersonDialog({ onClose, onAdded }: AddPersonDialogProps) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("patient");
  const [email, setEmail] = useState("");
  const [invited, setInvited] = useState(true);
  const [added, setAdded] = useState<Person | null>(null);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const canInvite = email.trim() !== "";

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setProblem(null);
    try {
      const person =
        added ??
        (await api.addPerson({
          name: name.trim(),
          role,
          email: email.trim() || null,
          username: null,
        }));
      setAdded(person);
      if (invited && canInvite) await api.invite(person.user_id);
      onAdded(person);
    } catch (error) {
      setProblem(words(error));
      setPending(false);
    }
  };
  const leave = () => (added ? onAdded(added) : onClose());

  return (
    <Dialog isOpen onClose={leave} title={t("account.addTitle")}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <p className="mt-1 text-muted">{t("account.addText")}</p>
        <div className="mt-5 flex flex-col gap-4">
          <TextField
            label={t("account.name")}
            value={name}
            onChange={setName}
            disabled={added !== null}
            dir="auto"
            autoComplete="off"
            maxLength={200}
            required
            autoFocus
          />
          <SelectField<Role>
            label={t("account.role")}
            value={role}
            onChange={setRole}
            options={ROLES.map((one) => [one, t(`roles.${one}`)] as const)}
          />
          <TextField
            label={t("account.email")}
            type="email"
            value={email}
            onChange={setEmail}
            disabled={added !== null}
            autoComplete="off"
          />
          <Switch
            label={t("account.inviteNow")}
            description={t("account.inviteNowText")}
            isSelected={invited && canInvite}
            onChange={setInvited}
            isDisabled={!canInvite}
          />
        </div>
        {problem && (
          <Notice tone="bad" className="mt-4">
            {problem}
          </Notice>
        )}
        <Decision>
          <Button variant="secondary" onPress={leave}>
            {t(added ? "common.close" : "common.cancel")}
          </Button>
          <Button type="submit" isPending={pending} isDisabled={!name.trim()}>
            {t(added ? "account.inviteAgain" : "account.addConfirm")}
          </Button>
        </Decision>
      </form>
    </Dialog>
  );
}
