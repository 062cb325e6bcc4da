/**
 * The front door of identity: who is signed in, the socket that is theirs, and the page to sign in.
 */

export { SessionProvider } from "./SessionProvider";
export { SignalingProvider } from "./SignalingProvider";
export { SignInPage } from "./SignInPage";
export { useIdentity, useSession, useSettings } from "./session";
export { useServerMessage, useSignaling, useSignalingState } from "./signaling";
