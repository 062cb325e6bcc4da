/** Words of the page on which compliance answers what patients ask for. */
export const requests = {
  requests: {
    title: "Requests of patients",
    subtitle:
      "What patients have asked for of the recordings of them. Your answer and your reason stay on record, and the patient reads them.",
    emptyTitle: "Nothing waits for an answer",
    emptyText: "Patients ask for a copy, or for erasure, on their own page of recordings.",
    asks: {
      copy: "{name} asks for a copy of a recording.",
      erasure: "{name} asks for the erasure of a recording.",
    },
    asked: "Asked on {time}",
    recording: "Recording of {date}",
    accept: "Accept",
    acceptOf: "Accept the request of {name}, {date}",
    decline: "Decline",
    declineOf: "Decline the request of {name}, {date}",
    dialog: {
      accept_copy: "Give {name} a copy?",
      accept_erasure: "Erase this recording for good?",
      decline: "Decline the request of {name}?",
    },
    effect: {
      accept_copy:
        "{name} reads that they get a copy. Download or export the recording, and hand it over safely.",
      accept_erasure:
        "Nobody will ever be able to play this recording of {name} again, not even from a backup. {name} reads your reason.",
      decline: "{name} reads your reason.",
    },
  },
} as const;
