import { Navigate, Outlet, useLocation } from "react-router";
import { SignalingProvider, useIdentity, useSession } from "../features/identity";
import { InvitationHost } from "../features/patient";
import type { Role } from "../shared/api/role";
import { words } from "../shared/api/words";
import { t } from "../shared/i18n";
import { Button } from "../shared/ui/Button";
import { FullPage } from "../shared/ui/FullPage";
import { Starting } from "../shared/ui/Starting";
import { ForbiddenPage } from "./pages/ForbiddenPage";

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
