import type { ReactNode } from "react";
import { Redirect, useLocation, useSearch } from "wouter";
import { words } from "../api/words";
import { Button } from "../components/Button";
import { FullPage } from "../components/FullPage";
import { Starting } from "../components/Starting";
import { t } from "../i18n/start";
import { useSession } from "../session/session";

/** Pages for signed-in users: everybody else is sent to sign in, and comes back here afterwards. */
export function SignedIn({ children }: { children: ReactNode }) {
  const { state, settings, restart } = useSession();
  const [path] = useLocation();
  const search = useSearch();
  if (state.status === "unreachable") {
    return (
      <FullPage title={t("errors.startTitle")} text={words(state.error)}>
        <Button onPress={restart}>{t("common.retry")}</Button>
      </FullPage>
    );
  }
  if (state.status === "signed-out") {
    return <Redirect to="/login" replace state={{ from: search === "" ? path : `${path}?${search}` }} />;
  }
  if (state.status === "starting" || settings === undefined) return <Starting />;
  return children;
}
