/** Words of a patient's own page of recordings. */
export const ownRecordings = {
  ownRecordings: {
    title: "Recordings of you",
    subtitle:
      "What was recorded of your consultations, until when it is kept, and who has opened it.",
    emptyTitle: "There are no recordings of you",
    emptyText: "A consultation is recorded only if you agree to it.",
    call: "Call with {name}, {date}",
    with: "with {names}",
    erased: "Erased",
    running: "Being recorded",
    until: "It is kept until {date}, and erased then.",
    kept: "No date is set on which it will be erased. The practice tells you more.",
    erasedOn: "It was erased on {date}. Nobody can play it any more.",
    gone: "It was erased. Nobody can play it any more.",
    nobody: "Nobody has opened it.",
    opened: { one: "Opened {count} time: by whom?", other: "Opened {count} times: by whom?" },
    access: {
      viewed: "{who} looked at what there is, without playing it",
      played: "{who} opened it to play it",
      downloaded: "{who} downloaded a copy",
      exported: "{who} took an encrypted copy",
    },
    reason: "Reason: {reason}",
    operator: "An operator of the practice’s server",
    person: "{name} ({role})",
  },
} as const;
