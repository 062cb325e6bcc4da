import { useState } from "react";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import type { Person } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDateTime } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { Card, Section } from "../../shared/ui/Card";
import { ConfirmDialog } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";
import { useIdentity } from "../identity";
import { AccountForm } from "./AccountForm";
import { PersonBadges } from "./PersonBadges";

export interface AccountProps {
  person: Person;
  onChange: (person: Person) => void;
}

type Asked = "signOut" | "disable";

/** How somebody signs in, and whether they may. */
export function Account({ person, onChange }: AccountProps) {
  const { user_id, name, disabled, of_platform } = person;
  const isSelf = useIdentity().user_id === user_id;
  const [asked, setAsked] = useState<Asked | null>(null);
  const [pending, setPending] = useState(false);
  const [done, setDone] = useState("");
  const [problem, setProblem] = useState<string | null>(null);

  const act = async (what: Promise<Person>, said: string) => {
    setPending(true);
    setProblem(null);
    setDone("");
    try {
      onChange(await what);
      setDone(said);
    } catch (error) {
      setProblem(words(error));
    }
    setPending(false);
    setAsked(null);
  };

  return (
    <Section title={t("account.title")} aside={<PersonBadges person={person} />}>
      <Card>
        <div className="p-5 sm:p-6">
          {of_platform && <p className="mb-5 text-muted">{t("account.ofPlatform")}</p>}
          {(!of_platform || person.role !== "patient") && (
            <AccountForm
              key={user_id}
              person={person}
              onChange={(next) => {
                onChange(next);
                setDone(t("account.saved"));
              }}
            />
          )}
        </div>
        <div className="flex flex-wrap items-center gap-3 border-t border-line p-5 sm:px-6">
          {!of_platform && !disabled && (
            <Button
              variant="secondary"
              isPending={pending}
              onPress={() => void act(api.invite(user_id), t("account.inviteSent"))}
            >
              {t(inviteWords(person))}
            </Button>
          )}
          {person.invited_until && (
            <Button
              variant="secondary"
              isPending={pending}
              onPress={() => void act(api.revokeInvitation(user_id), t("account.saved"))}
            >
              {t("account.revoke")}
            </Button>
          )}
          <Button variant="secondary" onPress={() => setAsked("signOut")}>
            {t("account.signOut")}
          </Button>
          {!isSelf &&
            (disabled ? (
              <Button
                variant="secondary"
                isPending={pending}
                onPress={() => void act(api.enablePerson(user_id), t("account.enabled"))}
              >
                {t("account.enable")}
              </Button>
            ) : (
              <Button variant="danger" onPress={() => setAsked("disable")}>
                {t("account.disable")}
              </Button>
            ))}
          <div className="w-full text-sm text-muted empty:hidden">
            {person.invited_until && <p>{invitationWords(person.invited_until)}</p>}
            {isSelf && <p>{t("account.self")}</p>}
            <p role="status" className="empty:hidden">
              {done}
            </p>
          </div>
          {problem && <Notice tone="bad">{problem}</Notice>}
        </div>
      </Card>
      <ConfirmDialog
        isOpen={asked === "signOut"}
        onClose={() => setAsked(null)}
        title={t("account.signOutTitle", { name })}
        text={t("account.signOutText")}
        confirm={t("account.signOut")}
        isPending={pending}
        onConfirm={() => void act(api.signOutPerson(user_id), t("account.signedOut"))}
      />
      <ConfirmDialog
        isOpen={asked === "disable"}
        onClose={() => setAsked(null)}
        title={t("account.disableTitle", { name })}
        text={t("account.disableText")}
        confirm={t("account.disable")}
        danger
        isPending={pending}
        onConfirm={() => void act(api.disablePerson(user_id), t("account.nowDisabled"))}
      />
    </Section>
  );
}

function inviteWords({ has_password, invited_until }: Person) {
  if (has_password) return "account.resetPassword";
  return invited_until ? "account.inviteAgain" : "account.invite";
}

function invitationWords(until: string): string {
  const counts = new Date(until) > new Date();
  return t(counts ? "account.invitedUntil" : "account.invitedBefore", {
    date: formatDateTime(until),
  });
}
