import { post, put, request } from "./client";
import type { ClientSettings, Credentials, Identity, InvitationShown } from "./schema";

const RINGING = "auth/push-subscription";

/** The HTTP endpoints by which somebody signs in, one function each. All throw ApiError. */
export const identity = {
  me: (signal?: AbortSignal) => request<Identity>("auth/me", signal ? { signal } : {}),
  signIn: (credentials: Credentials) => post<Identity>("auth/login", credentials),
  /** This browser rings while its page is closed, at that address of its push service. */
  ringAt: (endpoint: string, renewed: boolean) => put<void>(RINGING, { endpoint, renewed }),
  ringNoMoreAt: (endpoint: string) =>
    request<void>(RINGING, { method: "DELETE", body: { endpoint } }),
  logout: () => post<void>("auth/logout"),
  /** Exchange a host platform's token for the cookie of this site. */
  exchangeToken: (token: string) =>
    request<Identity>("auth/session", {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
    }),
  /** Whom the secret of a link is for, by which they set a password. */
  openInvitation: (token: string) => post<InvitationShown>("auth/invitation", { token }),
  acceptInvitation: (token: string, password: string) =>
    post<InvitationShown>("auth/invitation/accept", { token, password }),
  /** What this server is like, which everybody may know. */
  settings: () => request<ClientSettings>("telemedicine/settings"),
};
