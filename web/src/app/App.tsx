import { Suspense, useEffect } from "react";
import { RouterProvider as AriaRouterProvider, I18nProvider } from "react-aria-components";
import { Route, Switch, useLocation } from "wouter";
import { pages as guests } from "../features/guests";
import {
  pages as identity,
  SessionProvider,
  SignInPage,
  useSession,
  wasSignedIn,
} from "../features/identity";
import { language } from "../shared/i18n/language";
import { CrashBoundary } from "../shared/ui/CrashBoundary";
import { onDemand } from "../shared/ui/onDemand";
import { Starting } from "../shared/ui/Starting";
import { CrashPage } from "./pages/CrashPage";
import { RequireSession } from "./RequireSession";

// Signing in needs none of these, not even to know which pages there are.
const Inside = onDemand(async () => (await import("./Inside")).Inside);
const JoinPage = onDemand(guests.join);
const InvitationPage = onDemand(identity.invitation);

function Pages() {
  const { state } = useSession();
  useEffect(() => {
    // After a reload the server is still to say who it is.
    if (state.status === "signed-in" || wasSignedIn()) Inside.load();
  }, [state.status]);
  return (
    <Suspense fallback={<Starting />}>
      <Switch>
        <Route path="/login">
          <SignInPage />
        </Route>
        <Route path="/join">
          <JoinPage />
        </Route>
        <Route path="/invitation">
          <InvitationPage />
        </Route>
        <Route>
          <RequireSession>
            <Inside />
          </RequireSession>
        </Route>
      </Switch>
    </Suspense>
  );
}

export function App() {
  const [, navigate] = useLocation();
  return (
    <I18nProvider locale={language}>
      <CrashBoundary crashed={(error) => <CrashPage error={error} />}>
        <AriaRouterProvider navigate={(path) => navigate(path)}>
          <SessionProvider>
            <Pages />
          </SessionProvider>
        </AriaRouterProvider>
      </CrashBoundary>
    </I18nProvider>
  );
}
