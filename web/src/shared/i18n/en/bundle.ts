/** Words of the page that goes along with an exported recording. */
export const bundle = {
  pageTitle: "Exported recording",
  subtitle:
    "This page finds out whether an exported recording is exactly as it left the server, and plays it. Nothing leaves this computer: the page works without a network and is not allowed to use one.",
  choose: "Choose the ZIP file",
  chooseFolder: "Choose the unpacked folder",
  drop: "Drop the ZIP file or its unpacked folder here",
  another: "Check another one",
  checking: "Checking every byte",
  checked: "{share} checked",
  unreadable: {
    not_a_bundle: "This is not an exported recording",
    remade: "This ZIP file was made by another program",
    bad_manifest: "This export was changed",
  },
  unreadableText: {
    not_a_bundle:
      "Choose the ZIP file as it was downloaded, or the folder that it was unpacked to.",
    remade:
      "It was unpacked and packed again, so its own structure proves nothing. Unpack it and choose the folder: its files may still be right.",
    bad_manifest:
      "manifest.json, the list of all its files, is not in the form in which the server wrote it. Do not rely on anything in it.",
  },
  wholeTitle: "Nothing was changed",
  wholeText: "Every byte is as it was when the export was signed on {time}.",
  changedTitle: "This export was changed",
  changedText: "Do not rely on it, and ask for a new one. It is not played. What is wrong:",
  problem: {
    missing: "{path} is missing.",
    changed: "{path} is not what it was when the export was signed.",
    header: "The ZIP file’s own record of {path} was changed.",
    directory: "The ZIP file’s own directory, at its end, was changed.",
    key: "{path} is not a key of an audit log.",
    succession: "{path} does not show that one key of the log followed the other.",
    signature: "{path} is not a signature of this list of files by the key of the log.",
    proof: "{path} does not show that its row is in the signed audit log.",
  },
  more: {
    one: "{count} more problem.",
    other: "{count} more problems.",
  },
  strange: "Not part of the export, and not checked: {names}",
  whatChecked: "What was checked",
  fact: {
    files: {
      one: "{count} file ({size}) has the SHA-256 that the signed list has for it.",
      other: "{count} files ({size}) have the SHA-256 that the signed list has for them.",
    },
    archive: "Every other byte of the ZIP file is as these files make it.",
    signature: "The list is signed with the Ed25519 key {key}.",
    successions: {
      one: "That key followed {count} earlier key of the log, which said so itself.",
      other: "That key followed {count} earlier keys of the log, which said so themselves.",
    },
    rows: {
      one: "{count} row of the audit log is in the log whose checkpoint of {size} rows is signed by its key.",
      other:
        "{count} rows of the audit log are in the log whose checkpoint of {size} rows is signed by its key.",
    },
    noRows: "No row of the audit log was signed when the export was made.",
  },
  cannotKnow: "What this page cannot know",
  unknown: {
    page: "Whether this page itself is genuine. Whoever could change the export could change the page in it. Keep a copy from a source you trust, which checks every export, or use the command carelay recordings check.",
    events:
      "Whether what was recorded and logged is true. It is what the server wrote at the time.",
    rows: {
      one: "{count} further row of the log about this recording, which was not signed yet when the export was made.",
      other:
        "{count} further rows of the log about this recording, which were not signed yet when the export was made.",
    },
    later: "What happened to the recording afterwards, such as its erasure.",
  },
  keyTitle: "Whose key is it?",
  keyText:
    "The key came with the export. Anybody could have signed a false one with a key of their own: compare it with the practice’s key, audit.pub, that you received in another way.",
  keyLabel: "Public key that you trust",
  keySame: "The export is signed by the key that you trust.",
  keyOther: "This is another key. The export is not signed by it: do not rely on it.",
  recording: "Recording",
  label: {
    patient: "Patient",
    provider: "Provider",
    guests: "Guests",
    recorded: "Recorded",
    practice: "Practice",
    made: "Exported",
    purpose: "Purpose",
    id: "Recording ID",
  },
  by: "{time} by {name}",
  onServer: "{time}, on the server itself",
  reasonOf: "{purpose}: {reason}",
  encrypted:
    "The media are encrypted, and this page has no key. Whoever has the key decrypts them with the command carelay recordings open.",
  nothingPlayable: "Nothing in this export can be played.",
  film: "Film of the recording",
  leftOut: {
    lost: "{name}, from {time}: lost by the server when it was recorded.",
    missing: "{name}, from {time}: its file was not there any more.",
    damaged: "{name}, from {time}: its file was damaged on the server.",
    changed: "{name}, from {time}: somebody had changed it in the database.",
    torn: "{name}, from {time}: cut off by a crash before anything could be played.",
  },
  leftOutTitle: "Not everything is in this export",
  log: "Audit log of this recording",
} as const;
