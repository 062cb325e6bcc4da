import { Eye, EyeOff } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Redirect } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/words";
import { t } from "../../shared/i18n/start";
import { Button, IconButton } from "../../shared/ui/Button";
import { Mark } from "../../shared/ui/Mark";
import { Notice } from "../../shared/ui/Notice";
import { Starting } from "../../shared/ui/Starting";
import { TextField } from "../../shared/ui/TextField";
import { usePageTitle } from "../../shared/ui/usePageTitle";
import { DemoAccounts } from "./DemoAccounts";
import { isOpenedByPlatform } from "./fragment";
import { useSession } from "./session";
import { ThemeSelect } from "./ThemeSelect";

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
    <div className="safe-x grid min-h-dvh lg:grid-cols-[5fr_6fr]">
      <Welcome practice={practice} />
      <main className="flex flex-col items-center justify-center px-5 py-10 sm:px-10">
        <div className="w-full max-w-sm">
          <div className="mb-8 flex items-center gap-3 lg:hidden">
            <Mark className="size-9" />
            <span className="font-bold tracking-tight">{practice}</span>
          </div>
          <h1 className="text-2xl font-bold tracking-tight sm:text-[1.75rem]">
            {t(byPassword ? "signIn.title" : "signIn.platform.title")}
          </h1>
          <p className="mt-1 mb-7 text-muted">
            {t(byPassword ? "signIn.subtitle" : "signIn.platform.text", { practice })}
          </p>
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
          <ThemeSelect />
        </div>
      </main>
    </div>
  );
}

function placeBefore(navigation: unknown): string {
  const from = (navigation as { from?: unknown } | null)?.from;
  return typeof from === "string" ? from : "/";
}

function Welcome({ practice }: { practice: string }) {
  return (
    <aside className="relative hidden overflow-hidden bg-brand p-14 text-on-brand lg:flex lg:flex-col lg:justify-between">
      <svg
        aria-hidden
        viewBox="0 0 400 400"
        className="absolute -right-72 -bottom-72 size-176 text-brand-raised/70"
      >
        {[60, 100, 140, 180].map((radius) => (
          <circle
            key={radius}
            cx="200"
            cy="200"
            r={radius}
            fill="none"
            stroke="currentColor"
            strokeWidth="14"
          />
        ))}
        <circle cx="200" cy="200" r="26" fill="currentColor" />
      </svg>
      <div className="relative flex items-center gap-3 text-lg font-bold tracking-tight">
        <Mark className="size-10 rounded-xl ring-1 ring-on-brand/25" />
        {practice}
      </div>
      <div className="relative max-w-md">
        <p className="text-4xl leading-tight font-bold tracking-tight text-balance">
          {t("signIn.promiseTitle")}
        </p>
        <p className="mt-5 text-lg text-on-brand-muted">{t("signIn.promiseText")}</p>
      </div>
      <p className="relative text-sm text-on-brand-muted">{t("signIn.languageNote")}</p>
    </aside>
  );
}

function SignIn({ demo }: { demo: boolean }) {
  const { signedIn } = useSession();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    if (!username || !password) return setProblem(t("signIn.missing"));
    setPending(true);
    setProblem(null);
    try {
      signedIn(await api.signIn({ username, password }));
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
        <TextField
          label={t("signIn.password")}
          name="password"
          type={shown ? "text" : "password"}
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          trailing={
            <IconButton
              aria-label={t(shown ? "signIn.hidePassword" : "signIn.showPassword")}
              onPress={() => setShown((now) => !now)}
            >
              {shown ? (
                <EyeOff aria-hidden className="size-5" />
              ) : (
                <Eye aria-hidden className="size-5" />
              )}
            </IconButton>
          }
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
