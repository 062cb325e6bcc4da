/** Words of the dialog that rings. Said calmly: who reads it may be distressed. */
export const invitations = {
  invitation: {
    title: "{name} is calling",
    titleFlash: "Incoming call",
    joinTitle: "{name} asks you to join a call",
    as: {
      patient: "You take part as the patient",
      provider: "You take part as the provider",
      interpreter: "You take part as the interpreter",
      relative: "You take part as a relative of the patient",
      supervisor: "You take part as the supervisor",
      observer: "You listen and watch, and are not seen, heard or recorded",
    },
    video: "Video consultation",
    audio: "Audio consultation",
    recorded: "Recording requested",
    notRecorded: "This call is not recorded.",
    consentQuestion: "May this consultation be recorded?",
    consentGive: "Yes, I consent to the recording",
    consentGiveText: "You can withdraw your consent at any time during the call.",
    consentDecline: "No, do not record",
    consentDeclineText: "The call takes place just the same.",
    consentText: "Consent text, version {version}",
    consentLanguage: "Language of this text",
    choose: "Choose whether the call may be recorded, then accept.",
    accept: "Accept",
    decline: "Decline",
    endedCancelled: "The call was cancelled.",
    endedMissed: "You missed a call from {name}.",
    endedElsewhere: "The call was answered in another window.",
  },
  rings: {
    title: "You are being called",
    text: "Open the page to answer.",
    closed: "Ring this device while the page is closed",
    closedText:
      "A notification without names. The push service of this browser’s maker learns that something rings, not who calls.",
    failed: "This browser could not be set up to ring.",
    blocked:
      "Notifications are blocked for this page. Allow them in the settings of this browser to be rung while it is closed.",
    notInstalled:
      "To be rung while this page is closed, add it to the home screen (Share, then Add to Home Screen) and open it there.",
  },
} as const;
