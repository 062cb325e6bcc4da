import { type FormEvent, useState } from "react";
import { Redirect } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { identity } from "../../shared/api/identity";
import { words } from "../../shared/api/words";
import { t } from "../../shared/i18n/start";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { Starting } from "../../shared/ui/Starting";
import { TextField } from "../../shared/ui/TextField";
import { usePageTitle } from "../../shared/ui/usePageTitle";
import { DemoAccounts } from "./DemoAccounts";
import { isOpenedByPlatform } from "./fragment";
import { PasswordField } from "./PasswordField";
import { SignInFrame } from "./SignInFrame";
import { useSession } from "./session";

export function SignInPage() {
  const { state, settings } = useSession();
  const navigation = useHistoryState<unknown>();
  const [byPassword, setByPassword] = useState(!isOpenedByPlatform());
  usePageTitle(t("signIn.pageTitle"));
  if (state.status === "signed-in") {
    return (
      <>
        <Redirect to={placeBefore(navigation)} replace />
        <Starting />
      </>
    );
  }
  const practice = settings?.practice_name ?? t("common.appName");
  return (
    <SignInFrame
      practice={practice}
      title={t(byPassword ? "signIn.title" : "signIn.platform.title")}
      subtitle={t(byPassword ? "signIn.subtitle" : "signIn.platform.text", { practice })}
    >
      {byPassword && state.status === "signed-out" && state.why === "expired" && (
        <Notice tone="care" title={t("errors.expiredTitle")} className="mb-6">
          {t("errors.expiredText")}
        </Notice>
      )}
      {byPassword && state.status === "signed-out" && state.why === "token_refused" && (
        <Notice tone="care" title={t("errors.tokenTitle")} className="mb-6">
          {t("errors.tokenText")}
        </Notice>
      )}
      {byPassword ? (
        <SignIn demo={settings?.demo ?? false} />
      ) : (
        <Button variant="secondary" onPress={() => setByPassword(true)}>
          {t("signIn.byPassword")}
        </Button>
      )}
    </SignInFrame>
  );
}

function placeBefore(navigation: unknown): string {
  const from = (navigation as { from?: unknown } | null)?.from;
  return typeof from === "string" ? from : "/";
}

function SignIn({ demo }: { demo: boolean }) {
  const { signedIn } = useSession();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    if (!username || !password) return setProblem(t("signIn.missing"));
    setPending(true);
    setProblem(null);
    try {
      signedIn(await identity.signIn({ username, password }));
    } catch (error) {
      setProblem(words(error));
      setPending(false);
    }
  };

  return (
    <>
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
        <TextField
          label={t("signIn.username")}
          name="username"
          autoComplete="username"
          spellCheck={false}
          value={username}
          onChange={setUsername}
        />
        <PasswordField
          label={t("signIn.password")}
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        {problem && <Notice tone="bad">{problem}</Notice>}
        <Button type="submit" size="large" isPending={pending}>
          {t(pending ? "signIn.submitting" : "signIn.submit")}
        </Button>
      </form>
      {demo && (
        <DemoAccounts
          onPick={(account) => {
            setUsername(account.username);
            setPassword(account.password);
            setProblem(null);
          }}
        />
      )}
    </>
  );
}
