import "../../shared/theme/inside.css";
import { type FormEvent, useCallback, useState } from "react";
import { useLocation } from "wouter";
import { identity } from "../../shared/api/identity";
import type { InvitationShown } from "../../shared/api/schema";
import { words } from "../../shared/api/words";
import { t } from "../../shared/i18n/start";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { TextField } from "../../shared/ui/TextField";
import { useLoad } from "../../shared/ui/useLoad";
import { usePageTitle } from "../../shared/ui/usePageTitle";
import { takeInvitation } from "./fragment";
import { PasswordField } from "./PasswordField";
import { SignInFrame } from "./SignInFrame";
import { useSession } from "./session";

/** Taken once, so that it is out of the address bar at once. */
const invitation = takeInvitation() ?? "";

/** Whoever was invited by e-mail sets a password of their own. */
export function InvitationPage() {
  const { settings } = useSession();
  const load = useLoad(useCallback(() => identity.openInvitation(invitation), []));
  usePageTitle(t("invited.pageTitle"));
  const shown = load.value;
  return (
    <SignInFrame
      practice={settings?.practice_name ?? t("common.appName")}
      title={shown ? t("invited.title", { name: shown.name }) : t("invited.pageTitle")}
      subtitle={shown ? t("invited.text", { practice: shown.practice_name }) : null}
    >
      {shown ? (
        <ChoosePassword shown={shown} />
      ) : load.error === undefined ? (
        <p role="status">{t("common.loading")}</p>
      ) : (
        <Notice tone="bad">{words(load.error)}</Notice>
      )}
    </SignInFrame>
  );
}

function ChoosePassword({ shown: { username } }: { shown: InvitationShown }) {
  const { signedIn } = useSession();
  const [, navigate] = useLocation();
  const [password, setPassword] = useState("");
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setProblem(null);
    try {
      await identity.acceptInvitation(invitation, password);
      signedIn(await identity.signIn({ username, password }));
      navigate("/", { replace: true });
    } catch (error) {
      setProblem(words(error));
      setPending(false);
    }
  };

  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
      <TextField
        label={t("signIn.username")}
        name="username"
        autoComplete="username"
        readOnly
        value={username}
        onChange={() => undefined}
      />
      <PasswordField
        label={t("invited.password")}
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
      />
      <p className="-mt-3 text-sm text-muted">{t("invited.hint")}</p>
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Button type="submit" size="large" isPending={pending} isDisabled={password === ""}>
        {t("invited.submit")}
      </Button>
    </form>
  );
}
