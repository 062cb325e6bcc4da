/** Words around every page, and of emergencies that staff are alerted to on any of them. */
export const shell = {
  nav: {
    label: "Main",
    patients: "Patients",
    home: "Home",
    history: "Calls",
    consents: "Consents",
    recordings: "Recordings",
    audit: "Audit log",
    requests: "Requests",
    ops: "Live rooms",
    signOut: "Sign out",
    language: "Language",
  },
  connection: {
    open: "Connected",
    connecting: "Connecting…",
    waiting: "Reconnecting…",
    closed: "Not connected",
  },
  emergency: {
    title: "Emergency in a call",
    raisedBy: "Raised by {name}.",
    patient: "Patient: {name}.",
    dismiss: "Dismiss",
    take: "I’m taking care of it",
    taken: "{name} is taking care of it.",
    failed: "That could not be sent. Please try again.",
  },
} as const;
