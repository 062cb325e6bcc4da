/**
 * The platform's token in a room address, `/room/abc#token=…`, and the address without it. A
 * fragment is never sent to a server; taken out of the address bar it does not stay in the history
 * either.
 */
export function tokenOf(hash: string): { token: string | null; rest: string } {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const token = parameters.get("token");
  parameters.delete("token");
  const rest = parameters.toString();
  return { token, rest: rest === "" ? "" : `#${rest}` };
}

const PLATFORM = "carelay.platform";

/** Takes the token out of the address bar. */
export function takeToken(): string | null {
  const { token, rest } = tokenOf(location.hash);
  if (token === null) return null;
  history.replaceState(history.state, "", location.pathname + location.search + rest);
  sessionStorage.setItem(PLATFORM, "yes");
  return token;
}

/**
 * Whether this tab was opened by the platform: whoever sits before it may have no password here.
 */
export function isOpenedByPlatform(): boolean {
  return sessionStorage.getItem(PLATFORM) !== null;
}
