import { type ReactNode, Suspense } from "react";
import { SignalingProvider, useIdentity } from "../../features/identity";
import { InvitationHost } from "../../features/invitations";
import { Starting } from "../../shared/ui/Starting";
import { AlertsProvider } from "./alerts";

/**
 * Pages with a socket to the server, on each of which somebody can be called.
 *
 * A page that still loads hides itself alone. React shows nothing new of what hides with it, while
 * that goes on hearing the server: an invitation that was accepted here would be told to be
 * answered in another window.
 */
export function Connected({ children }: { children?: ReactNode }) {
  const { user_id } = useIdentity();
  return (
    <SignalingProvider userId={user_id}>
      <AlertsProvider>
        <Suspense fallback={<Starting />}>{children}</Suspense>
      </AlertsProvider>
      <InvitationHost />
    </SignalingProvider>
  );
}
