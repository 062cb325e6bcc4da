/**
 * The platform's token in a room address, `/room/abc#token=…`, and the address without it. A
 * fragment is never sent to a server; taken out of the address bar it does not stay in the history
 * either.
 */
export function tokenOf(
  hash: string,
  name: "token" | "invitation" | "guest" = "token",
): { token: string | null; rest: string } {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const token = parameters.get(name);
  parameters.delete(name);
  const rest = parameters.toString();
  return { token, rest: rest === "" ? "" : `#${rest}` };
}

const PLATFORM = "carelay.platform";

/** Takes the platform's token out of the address bar. */
export function takeToken(): string | null {
  const token = take("token");
  if (token !== null) sessionStorage.setItem(PLATFORM, "yes");
  return token;
}

/** Takes the secret of an invitation, `/invitation#invitation=…`, out of the address bar. */
export function takeInvitation(): string | null {
  return take("invitation");
}

const GUEST = "carelay.guest";

/**
 * The secret of a guest's link, `/join#guest=`, which this tab keeps for coming in again, since the
 * server knows by it which link is meant (after its first use it opens nothing without the cookie
 * of this browser); another link in the same tab takes its place.
 */
export function guestToken(): string | null {
  const given = take("guest");
  if (given !== null) sessionStorage.setItem(GUEST, given);
  return sessionStorage.getItem(GUEST);
}

/** Whoever has left needs the link from the message again. */
export function forgetGuest(): void {
  sessionStorage.removeItem(GUEST);
}

function take(name: "token" | "invitation" | "guest"): string | null {
  const { token, rest } = tokenOf(location.hash, name);
  if (token === null) return null;
  history.replaceState(history.state, "", location.pathname + location.search + rest);
  return token;
}

/**
 * Whether this tab was opened by the platform: whoever sits before it may have no password here.
 */
export function isOpenedByPlatform(): boolean {
  return sessionStorage.getItem(PLATFORM) !== null;
}
