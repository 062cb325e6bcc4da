/** Every word inside a call. Said calmly: the people who read it may be distressed. */
export const call = {
  room: "Video consultation",
  other: "The other person",
  you: "You",
  time: "Time in this call: {time}",
  endsIn: {
    one: "This call ends in {count} minute.",
    other: "This call ends in {count} minutes.",
  },

  extend: {
    button: {
      one: "Extend by {count} minute",
      other: "Extend by {count} minutes",
    },
    failed: "The call could not be extended: {why}",
  },

  endsSoon: "This call ends in less than a minute.",

  joining: {
    title: "Getting ready…",
    text: "Your browser may ask for your microphone and camera.",
  },
  ringing: {
    title: "Calling {name}…",
    text: "You will be connected as soon as the call is accepted.",
    left: "It rings for another {time}",
    silence: "Silence the tone",
    sound: "Hear the tone",
  },
  waiting: {
    title: "Waiting for {name}",
    text: "You are in the room. The call starts when {name} joins.",
  },
  connecting: { title: "Connecting…", text: "Audio and video will start in a moment." },
  arriving: {
    title: "Connecting…",
    text: "{name} is here. Audio and video will start in a moment.",
  },
  reconnecting: {
    title: "Reconnecting…",
    text: "The connection was interrupted. The call is not over.",
  },
  incompatible: {
    title: "This browser cannot join the call",
    text: "This browser and the server have no audio or video format in common. Please open this page in a current version of Chrome, Edge, Firefox or Safari.",
  },
  away: {
    title: "{name} is reconnecting…",
    text: "Their connection was interrupted.",
  },

  blocked: {
    title: "Your network blocks the call",
    text: "Your browser can reach the server, but audio and video cannot get through. You can try this:",
    otherNetwork: "Switch to another network, such as mobile data or another Wi-Fi.",
    vpn: "Turn off your VPN, if you use one.",
    administrator:
      "In an office or a hospital, ask IT to allow outgoing UDP, or to set up TURN on the server.",
    administratorPort:
      "In an office or a hospital, ask IT to allow outgoing UDP port {port}, or to set up TURN on the server.",
    retry: "Try again",
  },

  controls: {
    label: "Call controls",
    mute: "Mute",
    unmute: "Unmute",
    cameraOff: "Turn camera off",
    cameraOn: "Turn camera on",
    share: "Share screen",
    stopSharing: "Stop sharing",
    settings: "Microphone, camera, speaker",
    hangUp: "Hang up",
    people: "People",
    withKeys: "{label} ({keys})",
    moveSelf: "Move your picture",
    flipCamera: "Switch to the other camera",
  },

  hangUp: {
    title: "End this call?",
    text: "The call ends for both of you.",
    textAll: "The call ends for everybody.",
    leaveTitle: "Leave this call?",
    leaveText: "The call continues without you.",
    leaveConfirm: "Leave call",
    confirm: "End call",
    cancelTitle: "Stop calling {name}?",
    cancelText: "It stops ringing for them, and no call takes place.",
    cancelConfirm: "Stop calling",
    stay: "Stay in the call",
    keepCalling: "Keep calling",
  },

  state: {
    muted: "{name} is muted",
    unheard: "{name} cannot be heard: there is no sound from their microphone",
    ownUnheard: "No microphone",
    unseen: "Their camera is missing, blocked or in use by another program",
    ownMuted: "Muted",
    cameraOff: "Camera is off",
    noVideoFormat: {
      own: "This browser supports none of the video formats of this call. You can hear each other; to see each other, use another browser.",
      other:
        "Your browser and {name}’s have no video format in common. You can still hear each other.",
    },
    audioOnly: "Audio only",
    sharing: "{name} is sharing a screen",
    ownSharing: "You are sharing your screen",
    ownSharingSound: "You are sharing your screen and its sound",
  },

  tile: {
    arriving: "Connecting…",
    waiting: "Not here yet",
    away: "Reconnecting…",
    noPicture: "No shared video format",
    noCamera: "No camera",
    watching: "Listening and watching",
  },

  people: {
    title: "People in this call",
    inCall: "People in this call",
    you: "you",
    here: "in the call",
    connecting: "connecting",
    away: "not connected",
    interrupted: "connection interrupted",
    invited: "invited, has not answered yet",
    heard: "Microphone on",
    muted: "Microphone off",
    agrees: "Agrees to the recording",
    offTheRecord: "Asked to go off the record",
    undecided: "Has not decided about the recording",
    refuses: "Does not agree to being recorded",
    notRecorded: "Not recorded",
    invite: "Invite somebody",
    full: {
      one: "This call is full: it holds {count} person.",
      other: "This call is full: it holds {count} people.",
    },
    remove: "Remove",
    removeOf: "Remove {name} from the call",
    removeTitle: "Remove {name} from this call?",
    removeText: "The call continues without them. You can invite them again.",
    removeConfirm: "Remove",
    withdraw: "Withdraw",
    withdrawOf: "Withdraw {name}’s invitation",
    search: "Search by name",
    whom: "Who would you like to invite?",
    notFound: "Nobody by that name.",
    nobody: "There is nobody you can invite at the moment.",
    asWhat: "{name}’s role in this call",
    sides: {
      patient: "The person whose consultation this is",
      provider: "Leads the consultation",
      interpreter: "Interprets between you",
      relative: "Accompanies the patient",
      supervisor: "Advises you, and is seen and heard",
      observer: "Listens and watches; is not seen, heard or recorded",
    },
    required: "They must be present",
    requiredText:
      "The recording pauses while they are away, and the call ends if they do not come back.",
    send: "Invite",
    back: "Back",
    notHere: "Invited, but not here",
    absent: {
      declined: "{name} has declined the invitation.",
      missed: "{name} did not answer.",
      unreached: "{name} could not be reached: they are not signed in.",
      cancelled: "{name}’s invitation was withdrawn.",
    },
    why: {
      declined: "declined",
      missed: "did not answer",
      unreached: "could not be reached: not signed in",
      cancelled: "invitation withdrawn",
    },
  },

  pictures: {
    soundOnly: "Sound only",
    soundOnlyText: "No pictures are sent or received. This saves data and helps on a weak network.",
    now: "Sound only: you send and receive no pictures.",
    again: "Video again",
    sharing: "{name} is sharing a screen, which you do not receive.",
    showScreen: "Show the screen",
    otherSoundOnly: "Takes part with sound only",
    otherOff: "Weak network: picture off",
    notReceived: "No pictures: your network is weak",
    own: {
      up: {
        small: "Your network is weak: your picture is sent smaller.",
        none: "Your network is weak: your picture is off, your sound goes on.",
        full: "Your network is better: your picture is sent as usual again.",
      },
      down: {
        small: "Your network is weak: you receive smaller pictures.",
        none: "Your network is weak: you receive no pictures, the sound goes on.",
        full: "Your network is better: you receive pictures as usual again.",
      },
      both: {
        small: "Your network is weak: pictures are smaller both ways.",
        none: "Your network is weak: the call goes on with sound only.",
        full: "Your network is better: pictures are as usual again, both ways.",
      },
    },
    other: {
      up: {
        small: "{name}’s network is weak: their picture is smaller.",
        none: "{name}’s network is weak: their picture is off, the sound goes on.",
        full: "{name}’s network is better: their picture is as usual again.",
      },
      down: {
        small: "{name}’s network is weak: they receive smaller pictures.",
        none: "{name}’s network is weak: they see no pictures, the sound goes on.",
        full: "{name}’s network is better: they receive pictures as usual again.",
      },
      both: {
        small: "{name}’s network is weak: pictures are smaller both ways.",
        none: "{name}’s network is weak: the call goes on with sound only.",
        full: "{name}’s network is better: pictures are as usual again, both ways.",
      },
    },
  },

  quality: {
    poor: {
      up: "Poor connection: others may not hear or see you well",
      down: "Poor connection: you may not hear or see others well",
      both: "Poor connection",
    },
    fair: "Fair connection",
    good: "Good connection",
    excellent: "Excellent connection",
    connecting: "Connecting…",
    reconnecting: "Reconnecting…",
    blocked: "Not connected",
    lost: "Others cannot hear or see you",
    otherLost: "{name}’s connection is interrupted",
    otherPoor: {
      up: "{name} has a poor connection: you may not hear or see them well",
      down: "{name} has a poor connection: they may not hear or see you well",
      both: "{name} has a poor connection",
    },
  },

  recording: {
    label: "Recording: {state}",
    state: {
      off: "Not recorded",
      awaiting_consent: "Not recorded yet",
      recording: "Recording",
      paused: "Recording paused",
      stopped: "Not recorded",
      failed: "Recording interrupted",
      unknown: "Recording status unknown",
    },
    why: {
      off: "This call is not recorded.",
      awaiting_consent: "Nothing is recorded until the patient agrees.",
      recording: "This call is being recorded on the practice’s own server and kept encrypted.",
      paused: "The recording continues when everybody is connected.",
      stopped: "There is no consent to record. The call continues without a recording.",
      failed:
        "The recording cannot be saved at the moment. It will continue automatically as soon as it can; the call is not affected.",
      unknown:
        "The server cannot be reached, so it is not known whether it is recording. You will see it here as soon as the connection is back.",
    },
    settling: {
      one: "The recording starts in a moment.",
      other:
        "The recording starts within {count} seconds. It has been stopped several times, so there is a short wait.",
    },
    noSpace:
      "The server has too little space left for the recording. It will continue automatically as soon as there is room; the call is not affected.",
    off: {
      state: "Off the record",
      own: "You asked to go off the record. Nothing is recorded until you go back on the record. The call continues.",
      theirs: {
        one: "{names} asked to go off the record. Nothing is recorded until they go back on the record. The call continues.",
        other:
          "{names} asked to go off the record. Nothing is recorded until all of them go back on the record. The call continues.",
      },
      both: "You and {names} asked to go off the record. Nothing is recorded until all of you go back on the record. The call continues.",
      ask: "Go off the record",
      lift: "Go back on the record",
    },
    undecided: "Nothing is recorded until you agree. The call continues either way.",
    waitsFor: {
      one: "Paused until {names} has decided about the recording.",
      other: "Paused until {names} have decided about the recording.",
    },
    asked: {
      one: "Nothing is recorded until {names} has agreed.",
      other: "Nothing is recorded until {names} have agreed.",
    },
    switchOn: "Ask to record",
    switchOnText: "Everybody in this call is asked. Nothing is recorded until all of them agree.",
    switchOff: "Stop the recording",
    switchOffText: "What has been recorded so far is kept. To record again, you have to ask again.",
    question: "May this call be recorded?",
    questionText: "{name} would like to record it from now on. The call continues either way.",
    waitsForYou: "Paused until you have decided about the recording.",
    give: "I agree to the recording",
    decline: "Do not record",
    withdraw: "Stop the recording",
    withdrawKeep: "If you stop the recording, what has been recorded so far is kept.",
    withdrawErase:
      "If you stop the recording, what has been recorded so far is erased for good, for everybody in this call, unless the practice is obliged by a legal hold to keep it. If you only want a pause, go off the record instead.",
    erase: "Stop and erase",
    eraseTitle: "Stop the recording and erase it?",
    eraseNot: "Keep recording",
    earlier: {
      kept: "What was recorded before is kept.",
      held: "What was recorded before is kept, because a legal hold obliges the practice to keep it.",
      erasing: "What was recorded before is being erased.",
      erased: "What was recorded before has been erased for good.",
    },
  },

  consent: {
    givenProvider: "{name} agreed to the recording. This call is recorded from now on.",
    givenPatient: "You agreed to the recording. This call is recorded from now on.",
    declinedProvider:
      "{name} does not agree to being recorded. Nothing is recorded, and the call continues.",
    declinedPatient: "Nothing is recorded. The call continues.",
    withdrawnProvider:
      "{name} withdrew their consent. The recording has stopped, and the call continues.",
    withdrawnPatient: "The recording has stopped. The call continues.",
  },

  emergency: {
    button: "Emergency",
    title: "Is this an emergency?",
    text: "The practice is alerted, and everybody in the call sees what to do and who has been reached. The call continues.",
    callFirst: "If somebody is in immediate danger, call {phone} now.",
    confirm: "Yes, raise the alarm",
    cancel: "No, go back",
    raisedBy: "Emergency raised by {name}",
    raised: "Emergency raised",
    instructions:
      "Stay on the call if you can. If someone is in danger, call this number now and say where you are.",
    call: "Call {phone}",
    unlimited: "This call does not end by itself.",
    hide: "Hide instructions",
    show: "Show instructions",
    failedTitle: "The practice could not be alerted",
    failedText: "Please use the phone.",
    reach: {
      acknowledged: "{name} at the practice is taking care of it.",
      administrators:
        "Practice staff who are signed in can see the alert. Nobody has responded yet.",
      message: "The practice has been sent a message. Nobody has responded yet.",
      pending: "Trying to reach the practice…",
      nobody: "Nobody at the practice could be reached.",
      practice: "Call the practice: {phone}",
    },
  },

  devices: {
    title: "Devices",
    microphone: "Microphone",
    camera: "Camera",
    speaker: "Speaker",
    none: "None found",
    unnamed: "{kind} {number}",
    fell_back: {
      microphone: "Your microphone was disconnected. “{label}” is used now.",
      camera: "Your camera was disconnected. “{label}” is used now.",
      speaker:
        "Your speaker or headset was disconnected. You hear the others through “{label}” now.",
    },
    came_back: {
      microphone: "Your microphone is back: “{label}” is used again.",
      camera: "Your camera is back: “{label}” is used again.",
      speaker: "Your speaker or headset is back: you hear the others through “{label}” again.",
    },
  },

  problems: {
    both: {
      permission_denied:
        "Your microphone and camera are blocked. Allow them in your browser’s address bar, then try again. You can still see and hear.",
      permission_denied_by_system:
        "Your device does not let this browser use the microphone and camera. Allow them in the settings of your device, under privacy, then try again.",
      permission_denied_by_policy:
        "The page that this call is shown in does not pass on your microphone and camera. Open the call in a window of its own.",
      no_device: "No microphone or camera was found. You can still see and hear.",
      device_busy: "Another program is using your microphone and camera. Close it, then try again.",
      device_lost: "Your microphone and camera were disconnected. Plug them in again.",
      device_interrupted:
        "Your device is using the microphone and camera for something else, such as a phone call. Nobody can hear or see you until they are free again.",
      insecure_context:
        "Browsers do not allow a microphone or camera at this address: it must begin with https.",
      unsupported: "This browser cannot use a microphone or camera. Please use a current browser.",
    },
    microphone: {
      permission_denied:
        "Your microphone is blocked. Allow it in your browser’s address bar, then try again. You can still see and hear.",
      permission_denied_by_system:
        "Your device does not let this browser use the microphone. Allow it in the settings of your device, under privacy, then try again.",
      permission_denied_by_policy:
        "The page that this call is shown in does not pass on your microphone. Open the call in a window of its own.",
      no_device:
        "No microphone was found. Plug one in and it will be used automatically. You can still see and hear.",
      device_busy: "Another program is using your microphone. Close it, then try again.",
      device_lost: "Your microphone was disconnected. Plug it in again.",
      device_interrupted:
        "Your device is using the microphone for something else, such as a phone call. Nobody can hear you until it is free again.",
    },
    camera: {
      permission_denied:
        "Your camera is blocked. Allow it in your browser’s address bar, then try again.",
      permission_denied_by_system:
        "Your device does not let this browser use the camera. Allow it in the settings of your device, under privacy, then try again.",
      permission_denied_by_policy:
        "The page that this call is shown in does not pass on your camera. Open the call in a window of its own.",
      no_device: "No camera was found. You take part with sound only.",
      device_busy: "Another program is using your camera. Close it, then try again.",
      blur_failed:
        "Your background could not be blurred, so your camera is off. To be seen as you are, choose that in the settings, then turn the camera on.",
      device_lost: "Your camera was disconnected. You take part with sound only.",
      device_interrupted:
        "Your device is using the camera for something else. Nobody can see you until it is free again.",
    },
    screen: "The screen could not be shared.",
    retry: "Try again",
    dismiss: "Dismiss",
  },

  sound: {
    turnOn: "Turn on sound",
    blocked: "Your browser keeps the sound off until you press this.",
    mutedSpeech: "You are muted, and nobody hears what you say.",
    unmute: "Unmute me",
  },

  view: {
    title: "Layout and view",
    layout: "Layout",
    layouts: {
      speaker: "Whoever speaks large",
      grid: "All equally large",
      side: "Two side by side",
    },
    self: "Your own picture",
    selfText: "Only you see this. The others see you either way.",
    spotlight: "Show {name} large",
    balance: "{name} and the others",
    original: "Original louder",
    even: "Both as loud as they are",
    interpreter: "Interpreter louder",
    picture: "Picture on top of other windows",
    pictureBack: "Take the picture back",
    pictureFailed: "The picture could not be put on top of other windows.",
    full: "Full screen",
    fullLeave: "Leave full screen",
  },

  processing: {
    title: "Sound of the microphone",
    speech: { name: "Speech", text: "Takes out noise and echo" },
    music: {
      name: "Music",
      text: "Changes nothing. Best with headphones, as others may hear an echo",
    },
    failed: "Your browser could not change the sound of the microphone.",
  },

  background: {
    title: "Background",
    sharp: "As it is",
    blurred: "Blurred",
    failed: "Your browser could not blur the background.",
  },

  ended: {
    title: "The call has ended",
    duration: "It lasted {duration}.",
    own: "You ended the call. Thank you for your time.",
    other: "{name} ended the call. Thank you for your time.",
    hung_up: "Thank you for your time.",
    left: "You left the call",
    removed: "You were removed from the call",
    goesOn: "The call continues without you.",
    missedProvider: "{name} did not answer",
    missedPatient: "You missed this call",
    missedText: "It was not answered in time.",
    declinedProvider: "{name} declined the call",
    declinedPatient: "You declined this call",
    cancelledOwn: "You stopped calling {name}",
    cancelled: "The call was cancelled",
    never: "The call did not take place.",
    interrupted: "The call was interrupted",
    max_duration: "The call reached its time limit.",
    disconnected: "{name} ended the call for everybody at once.",
    disconnectedOwn: "You ended the call for everybody at once.",
    disconnectedText:
      "Camera and microphone are off. If somebody is in danger, call the emergency services.",
    ownLinkRevoked: "The link by which you came was taken back.",
    linkRevoked: "The link by which the patient came was taken back.",
    lost: "The connection was lost and did not come back.",
    otherNever: "{name}’s audio and video never came through.",
    otherLost: "{name} lost the connection and did not come back.",
    blocked:
      "Your network did not let audio and video through. Another one, such as mobile data, may help.",
    server_restart: "The server was restarted.",
    failed: "The call could not continue.",
    againProvider: "You can call again.",
    callAgain: "Call again",
    againPatient: "Keep this page open: you can be called again.",
    close: "Close",
    wasEmergency: "An emergency was raised in this call.",
  },
  replaced: {
    title: "This call has moved to another window",
    text: "You opened it there, so this window has left the call.",
    here: "Use this window",
  },
  refused: {
    title: "You cannot take part in this call",
    signedOut: "You are signed out. Sign in again.",
  },
  unsupported: {
    title: "This browser cannot make calls",
    text: "Please use a current version of Chrome, Edge, Firefox or Safari.",
  },

  announce: {
    waiting: "You are in the room. Waiting for the other person.",
    ringing: {
      one: "Calling {name}. It rings for another second.",
      other: "Calling {name}. It rings for another {count} seconds.",
    },
    ring_ends_soon: {
      one: "It stops ringing in a second.",
      other: "It stops ringing in {count} seconds.",
    },
    reconnecting: "Connection interrupted. Reconnecting.",
    reconnected: "Connected again.",
    blocked: "Your network blocks the call. What you can do is shown on the page.",
    ended: "The call has ended.",
    replaced: "This call has moved to another window.",
    emergency: "An emergency was raised. Instructions are shown on the page.",
    extended: "The call has been extended.",
    warning: "This call ends soon.",
    muted: "You are muted.",
    unmuted: "Your microphone is on.",
    camera_on: "Your camera is on.",
    camera_off: "Your camera is off.",
    sharing: "You are sharing your screen.",
    not_sharing: "You stopped sharing your screen.",
    joined: "{name} is in the call.",
    left: "{name} is no longer connected.",
    gone: "{name} has left the call.",
    invited: "{name} has been invited.",
    not_coming: "{name} has not joined the call.",
    other_lost: "{name}’s connection is interrupted.",
    other_muted: "{name} is muted.",
    other_unmuted: "{name} is no longer muted.",
    other_unheard:
      "{name} cannot be heard: their microphone is missing, blocked or in use by another program.",
    other_unseen:
      "{name} cannot be seen: their camera is missing, blocked or in use by another program.",
    other_camera_on: "{name} turned the camera on.",
    other_camera_off: "{name} turned the camera off.",
    other_sharing: "{name} is sharing a screen.",
    other_not_sharing: "{name} stopped sharing the screen.",
    sound_only: "You take part with sound only.",
    pictures_again: "You take part with pictures again.",
    other_sound_only: "{name} takes part with sound only.",
    other_pictures_again: "{name} takes part with pictures again.",
    asked:
      "{name} asks whether this call may be recorded. You can answer on the page. The call continues either way.",
    recording_off: "This call is not recorded.",
    recording_awaiting_consent: "Not recording yet: consent is still missing.",
    recording_recording: "This call is now being recorded.",
    recording_unknown: "The server cannot be reached, so it is not known whether it is recording.",
    recording_paused: "The recording is paused.",
    recording_stopped: "The recording has stopped. Nothing is recorded.",
    recording_failed: "The recording is interrupted. The call continues.",
  },
} as const;
