/** Words of the provider's first page: patients, and calling one of them. */
export const provider = {
  provider: {
    titlePlain: "Patients",
    patients: "Patients",
    searchPatients: "Search patients",
    online: "Online",
    offline: "Offline",
    lastCall: "Last call {when}",
    born: "Born {date}",
    neverCalled: "No calls yet",
    startCall: "Start call",
    startCallWith: "Start call with {name}",
    noPatientsTitle: "No patients yet",
    noPatientsText:
      "Patients appear here once they have an account or have opened a link from your platform.",
    noMatchTitle: "Nobody by that name",
    noMatchText: "Check the spelling, or clear the search.",
    recentCalls: "Recent calls",
    allCalls: "All calls",
    onlineCount: {
      one: "{count} patient online",
      other: "{count} patients online",
    },
    waitingCount: {
      one: "{count} patient is waiting",
      other: "{count} patients are waiting",
    },
  },
  startCall: {
    title: "Call {name}",
    admitTitle: "Admit {name}",
    waitingText: "{name} is in the waiting room.",
    onlineText: "{name} is online and will be notified at once.",
    offlineText: {
      one: "{name} is not online. The call rings for {count} second, in case they open the page in time.",
      other:
        "{name} is not online. The call rings for {count} seconds, in case they open the page in time.",
    },
    recording: "Record this consultation",
    recordingText:
      "{name} is asked for consent first. Without consent nothing is recorded and the call continues.",
    audioOnly: "Audio only",
    audioOnlyText: "Cameras stay off for both of you.",
    shortTitle: "The recording may not last to the end of the call",
    short: {
      one: "The server has room for about {count} minute of recording, and a call can last {longest}. When the room is used up the recording stops, and the call continues.",
      other:
        "The server has room for about {count} minutes of recording, and a call can last {longest}. When the room is used up the recording stops, and the call continues.",
    },
    shortNow:
      "The server has room for less than a minute of recording. When the room is used up the recording stops, and the call continues.",
    submit: "Call now",
    submitAnyway: "Record as long as possible",
    submitWithout: "Call without recording",
    submitting: "Calling…",
  },
} as const;
