import { errors } from "./errors";

/**
 * The words of the pages for which nobody has to be signed in, and of what other pages have in
 * common with them.
 */
export const start = {
  common: {
    appName: "carelay",
    cancel: "Cancel",
    close: "Close",
    retry: "Try again",
    loading: "Loading…",
    loadMore: "Show more",
    skipToContent: "Skip to content",
    none: "–",
    clearSearch: "Clear search",
  },

  roles: {
    patient: "Patient",
    provider: "Provider",
    interpreter: "Interpreter",
    relative: "Relative",
    supervisor: "Supervisor",
    observer: "Observer",
    compliance: "Compliance",
    ops: "Operations",
    admin: "Administrator",
    guest: "Guest",
  },

  theme: { label: "Theme", system: "Same as this device", light: "Light", dark: "Dark" },

  signIn: {
    pageTitle: "Sign in",
    title: "Sign in",
    subtitle: "Video consultations at {practice}",
    platform: {
      title: "Please open this page again",
      text: "You came here from your account with {practice}, and that access has expired. Go back there and open the consultation again.",
    },
    byPassword: "Sign in with a password instead",
    username: "User name",
    password: "Password",
    showPassword: "Show password",
    hidePassword: "Hide password",
    submit: "Sign in",
    submitting: "Signing in…",
    missing: "Enter your user name and password.",
    promiseTitle: "A quiet room, wherever you are.",
    promiseText:
      "Your consultation runs through the practice’s own server. It is recorded only with your consent, and recordings are kept encrypted.",
    demoTitle: "Demonstration accounts",
    demoText:
      "Pick one to fill in the form. Open a second, private window to be the other person in the call.",
    languageNote: "Powered by carelay, self-hosted video consultations",
  },

  invited: {
    pageTitle: "Your account",
    title: "Welcome, {name}",
    text: "Choose a password for your account with {practice}.",
    password: "New password",
    hint: "At least 10 characters. A few words that only you would put together are easy to remember.",
    submit: "Save and sign in",
  },

  demo: {
    rivera: "Dr. Elena Rivera",
    morgan: "Alex Morgan",
    lee: "Sam Lee",
    kim: "Jordan Kim",
    compliance: "Casey Nguyen",
    ops: "Robin Patel",
    admin: "Avery Stone",
  },

  errors: {
    ...errors,
    loadTitle: "This could not be loaded",
    crashTitle: "This page stopped working",
    crashText: "Reload the page to continue. This does not end a running call.",
    reload: "Reload",
    notFoundTitle: "Page not found",
    notFoundText: "The address may be mistyped, or the page has moved.",
    forbiddenTitle: "Not available to you",
    forbiddenText: "You are signed in as {role}. This page is for other roles.",
    toHome: "Go to the start page",
    startTitle: "The server does not answer",
    expiredTitle: "You have been signed out",
    expiredText: "Your session has ended. Sign in again to return to where you were.",
    tokenTitle: "You could not be signed in",
    tokenText:
      "The link that brought you here is no longer valid. Go back and open it again, or sign in here.",
  },
} as const;
