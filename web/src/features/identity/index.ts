/**
 * The front door of identity: who is signed in, the socket that is theirs, and the page to sign in.
 */

/** Pages that are loaded when they are needed. */
export const pages = {
  invitation: async () => (await import("./InvitationPage")).InvitationPage,
};

export { guestToken } from "./fragment";
export { SessionProvider, wasSignedIn } from "./SessionProvider";
export { SignalingProvider } from "./SignalingProvider";
export { SignInFrame } from "./SignInFrame";
export { SignInPage } from "./SignInPage";
export { useIdentity, useSession, useSettings } from "./session";
export { useServerMessage, useSignaling, useSignalingState } from "./signaling";
export { useGuestToken } from "./useGuestToken";
