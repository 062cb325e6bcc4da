/** Words of recordings that only a private key opens, in this browser. */
export const sealed = {
  sealed: {
    title: "This recording is sealed",
    insecure:
      "Its key is not on this server. This page can decrypt it only over HTTPS. Until then, take an export and open it with “carelay recordings open” on the computer that has the key.",
    noWorker:
      "Its key is not on this server, and this browser does not let a page decrypt recordings, as in private windows. Use an ordinary window of a current browser, or take an export and open it with “carelay recordings open” on the computer that has the key.",
    openWithKey: "Open with your key",
    note: "This recording is sealed: its key is not on this server. Your private key decrypts it here, in your browser. Neither the key nor its passphrase nor the decrypted recording is sent anywhere.",
    opening: "Opening…",
    reading: "Reading what a crash has left: {share}",
    keyTitle: "Open your private key",
    keyText:
      "It is read by this page only, and sent nowhere. That you opened it is written to the access log.",
    keyFile: "Private key file",
    choose: "Choose file",
    chooseFile: "Choose file with the private key",
    noFile: "No file chosen",
    passphrase: "Passphrase",
    openKey: "Open key",
    otherKey: "This is the key {held}, but the recording was sealed to {needed}.",
    keyIsOpen: {
      one: "Your private key is open in this page until you sign out, leave the page or do nothing for {count} minute.",
      other:
        "Your private key is open in this page until you sign out, leave the page or do nothing for {count} minutes.",
    },
    closeKey: "Close key",
    closedIdle: {
      one: "Your private key was closed, because nothing was done here for {count} minute.",
      other: "Your private key was closed, because nothing was done here for {count} minutes.",
    },
    troubles: "Not everything can be played as it was recorded",
    ofPart: "{name}, {source}, from {time}: ",
    trouble: {
      notPossible: "This browser could not open the key.",
      keyClosed: "The private key was closed.",
      notAKey: "This is not the file of a private key of sealed recordings, or it is damaged.",
      wrongPassphrase: "The passphrase does not open this key, or the file is damaged.",
      otherKey: "This recording was sealed to another private key than yours.",
      keyDoesNotOpen:
        "The key does not open this recording: its sealed data key was changed, or belongs to another recording.",
      anotherRecording:
        "This is not the recording that was made: its key is not the one that the audit log names. Somebody has put another in its place.",
      partChanged: "What the database says of this file was changed, so it is not played.",
      partNotItsOwn:
        "Another file lies in the place of this one, or its beginning was changed, so it is not played.",
      partNotOfThisKey:
        "The file was encrypted with another key, or its beginning was changed, so it is not played.",
      partCutOff: "The file was cut off, so it is not played.",
      partDamaged: "The file is damaged or was changed.",
      partEndsEarly:
        "Only the beginning is authentic; behind it is more than a crash leaves, which was lost or changed.",
      partEmpty: "The file was cut off before anything playable was in it.",
      partLost: "The file was lost when it was recorded.",
    },
  },
} as const;
