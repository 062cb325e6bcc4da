import { type FormEvent, useState } from "react";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import type { Person } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { SelectField } from "../../shared/ui/SelectField";
import { TextField } from "../../shared/ui/TextField";
import { useIdentity } from "../identity";
import { ROLES, type Role } from "./roles";

export interface AccountFormProps {
  person: Person;
  onChange: (person: Person) => void;
}

/** Name, address, user name and role, as far as neither platform nor record has them. */
export function AccountForm({ person, onChange }: AccountFormProps) {
  const { user_id, of_platform } = person;
  const isPatient = person.role === "patient";
  const isSelf = useIdentity().user_id === user_id;
  const [name, setName] = useState(person.name);
  const [email, setEmail] = useState(person.email ?? "");
  const [username, setUsername] = useState(person.username ?? "");
  const [role, setRole] = useState<Role>(person.role);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setProblem(null);
    const values = isPatient
      ? { name: person.name, role, email: person.email } // as the record has them by now
      : { name: name.trim(), role, email: email.trim() || null };
    try {
      onChange(await api.putPerson(user_id, { ...values, username: username.trim() || null }));
    } catch (error) {
      setProblem(words(error));
    }
    setPending(false);
  };

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <div className="grid gap-x-6 gap-y-5 sm:grid-cols-2">
        {!isPatient && (
          <>
            <TextField
              label={t("account.name")}
              dir="auto"
              value={name}
              onChange={setName}
              maxLength={200}
              autoComplete="off"
            />
            <TextField
              label={t("account.email")}
              type="email"
              value={email}
              onChange={setEmail}
              autoComplete="off"
            />
          </>
        )}
        {!of_platform && (
          <TextField
            label={t("account.username")}
            value={username}
            onChange={setUsername}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        {!of_platform && !isSelf && !isPatient && (
          <SelectField<Role>
            label={t("account.role")}
            value={role}
            onChange={setRole}
            options={ROLES.filter((one) => one !== "patient").map(
              (one) => [one, t(`roles.${one}`)] as const,
            )}
          />
        )}
      </div>
      {problem && (
        <Notice tone="bad" className="mt-5">
          {problem}
        </Notice>
      )}
      <Button type="submit" className="mt-6" isPending={pending} isDisabled={!name.trim()}>
        {t("account.save")}
      </Button>
    </form>
  );
}
