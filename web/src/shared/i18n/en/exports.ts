/** Words of exports of recordings: asking for one, how far it is, and taking it along. */
export const exports = {
  exports: {
    title: "Exports",
    ask: "Export",
    dialogTitle: "Export this recording?",
    dialogText:
      "The server makes one ZIP file in the background, while calls go on. It holds consents, gaps and the audit log’s entries about this recording, and a page that proves, without a network, that nothing was changed. It leaves the protected store: who asked, why, and each download are written to the access log.",
    sealed:
      "This recording is sealed: the server cannot decrypt it. Whoever has the private key opens the export on a computer of their own.",
    contents: "What the export holds",
    of: {
      grid: "Film, side by side",
      screen: "Film, shared screen large",
      parts: "Original files",
      encrypted: "Encrypted files",
    },
    note: {
      all: "An export is one file that proves itself. Whoever asked for it can download it until it is destroyed.",
      grid: "One MP4 for every player, with everybody in equal tiles.",
      screen: "One MP4 for every player: what was shared is large, with everybody beside it.",
      parts: "One file per participant and source, exactly as it was recorded.",
      encrypted:
        "As they are stored. They are opened with the recording’s key, away from the server.",
    },
    confirm: "Make export",
    state: {
      queued: "Waiting",
      running: "Being made",
      done: "Ready",
      failed: "Failed",
      cancelled: "Cancelled",
      expired: "Destroyed",
    },
    stands: {
      queued: "Waiting for its turn",
      failed: "It could not be made",
      cancelled: "It was cancelled",
      expired: "It was destroyed",
    },
    phase: {
      reading: "Reading and checking: {share}",
      composing: "Making the film: {share}",
      writing: "Writing the file: {share}",
    },
    until: "Can be downloaded until {time}",
    failure: {
      recording_erased: "The recording was erased",
      nothing_to_export: "Nothing of this recording can be read",
      no_space: "There is not enough room on the server’s disk",
      key_away: "The key service could not be reached",
      key_missing: "The key of this recording is not on the server",
      store_away: "The recordings’ storage could not be reached",
      not_uploaded: "A part of the recording is still with another server",
      log_key_missing: "The key of the audit log is missing, so it could not be signed",
      interrupted: "The server stopped each time it was being made",
      not_made: "It could not be made; the server’s log says why",
      key_lost:
        "The server was restarted, and with it the key of this export is gone. Ask for it again",
      approval_ended: "The approval that it was made with was taken back",
    },
    askedBy: "Asked for by {name}, {time}",
    news: "Export of {patient}: {state}",
    progressOf: "Progress: {what}, {patient}",
    cancelOf: "Cancel: {what}, {patient}",
    downloadOf: "Download: {what}, {patient}",
    destroy: "Destroy",
    destroyOf: "Destroy: {what}, {patient}",
    destroyTitle: "Destroy this export?",
    destroyText:
      "It can no longer be downloaded. Copies that were downloaded before are not affected, nor is the recording.",
  },
} as const;
