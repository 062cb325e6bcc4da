import { createContext, useContext } from "react";
import type { ClientSettings, Identity } from "../../shared/api/schema";

export type SessionState =
  | { status: "starting" }
  | { status: "unreachable"; error: unknown }
  | { status: "signed-out"; why: SignedOutWhy }
  | { status: "signed-in"; identity: Identity };

/**
 * nobody: there was no session. Left: the user signed out. Expired: the server knows the session no
 * longer.
 */
type SignedOutWhy = "nobody" | "left" | "expired" | "token_refused";

export interface Session {
  state: SessionState;
  /** Of the server; none until they arrived. */
  settings: ClientSettings | undefined;
  /** Ask for them again: something in them has changed on the server. */
  renewSettings: () => Promise<void>;
  signedIn: (identity: Identity) => void;
  signedOut: (why: "left" | "expired") => void;
  /** Ask again who is signed in. */
  restart: () => void;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("outside SessionProvider");
  return session;
}

/** Who is signed in; only below RequireSession. */
export function useIdentity(): Identity {
  const { state } = useSession();
  if (state.status !== "signed-in") throw new Error("outside RequireSession");
  return state.identity;
}

/** What the server told of its configuration; only below RequireSession. */
export function useSettings(): ClientSettings {
  const { settings } = useSession();
  if (settings === undefined) throw new Error("outside RequireSession");
  return settings;
}
