import type { ReactNode } from "react";
import { Redirect, useLocation, useSearch } from "wouter";
import { guestToken, useSession } from "../features/identity";
import { words } from "../shared/api/words";
import { t } from "../shared/i18n/start";
import { Button } from "../shared/ui/Button";
import { FullPage } from "../shared/ui/FullPage";
import { Starting } from "../shared/ui/Starting";

/** Pages for signed-in users: everybody else is sent to sign in, and comes back here afterwards. */
export function RequireSession({ children }: { children: ReactNode }) {
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
  if (state.status === "signed-out" && guestToken() !== null)
    return <Redirect to="/join" replace />;
  if (state.status === "signed-out") {
    return (
      <Redirect to="/login" replace state={{ from: search === "" ? path : `${path}?${search}` }} />
    );
  }
  if (state.status === "starting" || settings === undefined) return <Starting />;
  return children;
}
