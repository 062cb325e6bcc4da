import { Navigate, Outlet, useLocation } from "react-router";
import type { Role } from "../api/role";
import { words } from "../api/words";
import { Button } from "../components/Button";
import { FullPage } from "../components/FullPage";
import { Starting } from "../components/Starting";
import { t } from "../i18n";
import { ForbiddenPage } from "../pages/ForbiddenPage";
import { InvitationHost } from "../patient/InvitationHost";
import { SignalingProvider } from "../session/SignalingProvider";
import { useIdentity, useSession } from "../session/session";

/** Pages for signed-in users: everybody else is sent to sign in, and comes back here afterwards. */
export function SignedIn() {
  const { state, settings, restart } = useSession();
  const location = useLocation();
  if (state.status === "unreachable") {
    return (
      <FullPage title={t("errors.startTitle")} text={words(state.error)}>
        <Button onPress={restart}>{t("common.retry")}</Button>
      </FullPage>
    );
  }
  if (state.status === "signed-out") {
    return <Navigate to="/login" replace state={{ from: location.pathname + location.search }} />;
  }
  if (state.status === "starting" || settings === undefined) return <Starting />;
  return (
    <SignalingProvider userId={state.identity.user_id}>
      <Outlet />
      {state.identity.role === "patient" && <InvitationHost />}
    </SignalingProvider>
  );
}

/** Refuses the page to other roles. The server decides for itself what it answers; this only spares a dead page. */
export function OnlyFor({ roles }: { roles: readonly Role[] }) {
  return roles.includes(useIdentity().role) ? <Outlet /> : <ForbiddenPage />;
}
