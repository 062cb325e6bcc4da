/** Words of the patient's waiting room. */
export const patient = {
  patient: {
    pageTitle: "Waiting room",
    title: "Hello {name}",
    waitingTitle: "You are in the waiting room",
    waitingText:
      "Keep this page open. When your provider calls, it rings here and you decide whether to answer.",
    step1Title: "Your provider calls",
    step1Text: "This page rings. You see who is calling before anything is switched on.",
    step2Title: "You decide",
    step2Text:
      "You are told whether the call is to be recorded. You can say no and still have the call.",
    step3Title: "You talk",
    step3Text: "Your browser asks for your camera and microphone when you accept.",
    soundOn: "Ring sound is on",
    soundOff: "Ring sound is off until you click once on this page",
    soundTest: "Play the ring sound",
    soundEnable: "Turn on ring sound",
    history: "Your calls",
    notConnected: "Calls cannot reach you right now. Reconnecting…",
  },
} as const;
