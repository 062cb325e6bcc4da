/**
 * What may go wrong before anybody is signed in, or anywhere; `api/words.ts` tells which code is
 * which.
 */
export const errors = {
  invitationUnknown:
    "This link no longer works: it has been used, has expired, or was taken back. Ask the practice for a new one.",
  passwordTooShort: "This password is too short: it needs at least {least} characters.",
  network: "The server cannot be reached. Check your internet connection.",
  badReply: "The server’s answer could not be read. It may be restarting.",
  misunderstood:
    "This page and the server do not understand each other. Reload the page and try again.",
  forbidden: "Your account is not allowed to do this.",
  notFound: "This no longer exists, or you cannot see it.",
  unavailable: "The server cannot do this at the moment. Try again shortly.",
  tooMany: "Too many attempts. Wait a moment, then try again.",
  tooManyFor: {
    one: "Too many attempts. Try again in {count} second.",
    other: "Too many attempts. Try again in {count} seconds.",
  },
  conflict: "This is no longer possible; something changed in the meantime.",
  signedOut: "You are signed out. Sign in again.",
  wrongPassword: "The user name or password is wrong.",
  token:
    "The link that brought you here was not accepted. Go back to where you came from and open it again.",
  userConflict: "This account cannot be used here. Ask whoever runs this server.",
  userDisabled: "This account has been disabled.",
  internal: "Something went wrong on the server. It has been noted there.",
  unknown: "Something went wrong.",
} as const;
