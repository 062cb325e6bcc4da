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
      broken: "{who} opened it in an emergency",
      downloaded: "{who} downloaded a copy",
      still: "{who} saved a picture of it",
      exported: "{who} took an encrypted copy",
    },
    reason: "Reason: {reason}",
    ask: { copy: "Ask for a copy", erasure: "Ask to erase it" },
    askOf: {
      copy: "Ask for a copy of the recording of {date}",
      erasure: "Ask to erase it: the recording of {date}",
    },
    askTitle: {
      copy: "Ask the practice for a copy?",
      erasure: "Ask the practice to erase this recording?",
    },
    askText: {
      copy: "The practice decides, and tells you here and how you get it.",
      erasure:
        "The practice decides, and tells you here. It may have to keep a recording for a time, as the law has it.",
    },
    send: "Ask",
    request: {
      copy: {
        waits: "You asked for a copy on {date}. The practice has not answered yet.",
        accepted: "On {date} the practice agreed to give you a copy.",
        declined: "On {date} the practice declined to give you a copy.",
      },
      erasure: {
        waits: "You asked for its erasure on {date}. The practice has not answered yet.",
        accepted: "On {date} the practice erased it, as you asked.",
        declined: "On {date} the practice declined to erase it.",
      },
    },
    operator: "An operator of the practice’s server",
    person: "{name} ({role})",
  },
} as const;
