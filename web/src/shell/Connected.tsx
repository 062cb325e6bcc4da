import type { ReactNode } from "react";
import { InvitationHost } from "../patient/InvitationHost";
import { SignalingProvider } from "../session/SignalingProvider";
import { useIdentity } from "../session/session";

/** Pages with a socket to the server, on each of which a patient can be called. */
export function Connected({ children }: { children?: ReactNode }) {
  const { user_id, role } = useIdentity();
  return (
    <SignalingProvider userId={user_id}>
      {children}
      {role === "patient" && <InvitationHost />}
    </SignalingProvider>
  );
}
