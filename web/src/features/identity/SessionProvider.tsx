import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { keepFor, keepForNobody } from "../../shared/api/belongings";
import { ApiError, session as server } from "../../shared/api/client";
import { identity } from "../../shared/api/identity";
import type { ClientSettings, Identity } from "../../shared/api/schema";
import { setPracticeName } from "../../shared/ui/title";
import { forgetGuest, takeToken } from "./fragment";
import { SessionContext, type SessionState } from "./session";

/** Taken once, before anything else runs, so that it is out of the address bar at once. */
const embeddedToken = takeToken();

async function identify(): Promise<SessionState> {
  try {
    return { status: "signed-in", identity: await identity.me() };
  } catch (error) {
    if (error instanceof ApiError && error.signedOut)
      return { status: "signed-out", why: wasSignedIn() ? "expired" : "nobody" };
    return { status: "unreachable", error };
  }
}

async function exchange(token: string): Promise<SessionState> {
  try {
    return { status: "signed-in", identity: await identity.exchangeToken(token) };
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
      return { status: "signed-out", why: "token_refused" };
    }
    return { status: "unreachable", error };
  }
}

let starting: Promise<SessionState> | null = null;
/** A token is exchanged once only, also when React mounts this twice in development. */
function start(): Promise<SessionState> {
  starting ??= embeddedToken === null ? identify() : exchange(embeddedToken);
  return starting;
}

const MARK = "carelay.signed-in";

/**
 * The cookie is out of the page's sight: this tells a reload after its end from a first visit. Of
 * this tab only.
 */
export function wasSignedIn(): boolean {
  return sessionStorage.getItem(MARK) !== null;
}

function remember(state: SessionState): void {
  if (state.status === "signed-in") {
    sessionStorage.setItem(MARK, "");
    keepFor(state.identity.user_id);
  } else if (state.status === "signed-out") {
    sessionStorage.removeItem(MARK);
    if (state.why === "left") forgetGuest();
    keepForNobody(state.why === "expired" ? "expired" : "other");
  }
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<SessionState>({ status: "starting" });
  const [settings, setSettings] = useState<ClientSettings>();
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is what asks again
  useEffect(() => {
    let current = true;
    void start().then((next) => current && setState(next));
    return () => {
      current = false;
    };
  }, [attempt]);

  // Asked again when somebody signed in: TURN credentials are for signed-in users only.
  const userId = state.status === "signed-in" ? state.identity.user_id : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `userId` is what asks again
  useEffect(() => {
    let current = true;
    identity.settings().then(
      (next) => {
        if (!current) return;
        setSettings(next);
        setPracticeName(next.practice_name);
      },
      (error: unknown) =>
        current &&
        setState((now) => (now.status === "signed-in" ? { status: "unreachable", error } : now)),
    );
    return () => {
      current = false;
    };
  }, [userId]);

  const renewSettings = useCallback(() => identity.settings().then(setSettings), []);
  const restart = useCallback(() => {
    starting = null;
    setState({ status: "starting" });
    setAttempt((count) => count + 1);
  }, []);
  const signedIn = useCallback(
    (identity: Identity) => setState({ status: "signed-in", identity }),
    [],
  );
  const signedOut = useCallback((why: "left" | "expired") => {
    // Whoever leaves is told so by the socket and by requests under way as well, also before the
    // reply to leaving is there.
    setState((now) =>
      now.status === "signed-out" && why === "expired" ? now : { status: "signed-out", why },
    );
  }, []);
  useEffect(() => {
    const expired = () => signedOut("expired");
    server.addEventListener("signedout", expired);
    return () => server.removeEventListener("signedout", expired);
  }, [signedOut]);
  useEffect(() => remember(state), [state]);
  useEffect(() => {
    if (state.status === "signed-out") server.dispatchEvent(new Event("ended"));
  }, [state.status]);
  const session = useMemo(
    () => ({ state, settings, renewSettings, signedIn, signedOut, restart }),
    [state, settings, renewSettings, signedIn, signedOut, restart],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
}
