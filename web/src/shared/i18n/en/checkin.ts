/** Words of the check-in before a call. */
export const checkin = {
  checkin: {
    title: "Check camera and sound",
    text: "Optional. Nothing is recorded, and nobody else sees or hears you.",
    open: "Check camera and sound",
    begin: {
      both: "You join with camera and microphone.",
      microphone: "You join with your camera off.",
      camera: "You join muted.",
      neither: "You join muted and with your camera off.",
    },
    start: "Turn on camera and microphone",
    starting: "Waiting for your browser’s permission…",
    stop: "Turn off camera and microphone",
    preview: "Preview of your camera",
    noCamera: "No picture. You can take part by voice.",
    microphone: "Microphone",
    camera: "Camera",
    speaker: "Speaker",
    none: "None found",
    level: "Microphone level",
    speak: "Say a few words.",
    heard: "Your microphone works.",
    again: "Try again",
    withMicrophone: "Join with microphone on",
    withMicrophoneText: "Off: you join muted.",
    blur: "Blur my background",
    blurText: "On this device, before anything is sent.",
    withCamera: "Join with camera on",
    withCameraText: "Off: nobody sees you.",
    sound: {
      play: "Play a test sound",
      again: "Play it again",
      other: "Try {label}",
      unknown: "To choose among your speakers, turn on camera and microphone first.",
      question: "Do you hear it?",
      yes: "Yes",
      no: "No",
      heard: "Your speaker works.",
      unheard:
        "Turn up the volume of your device and check that it is not muted, or choose another speaker. Headphones may be connected.",
      failed: "The sound could not be played. Choose another speaker, or reload this page.",
    },
    connection: {
      test: "Test the connection",
      running: "Testing the connection…",
      text: "Takes about ten seconds. A test picture goes to the server of the practice and back.",
      again: "Test again",
      figures: "{rate}, {delay} ms",
      works: {
        title: "Your connection works",
        text: "Picture and sound come through well.",
      },
      slow: {
        title: "Your connection is too slow for video",
        text: "You can talk by voice; the picture may stand still. You can try this:",
      },
      relayed: {
        title: "Your connection works by a detour",
        text: "Your network lets calls through only by way of a relay (TURN). There is nothing to do; if the picture stalls in the call, try another network.",
      },
      blocked: {
        title: "Your network blocks calls",
        text: "This page reaches the server, but picture and sound do not. You can try this:",
      },
      closer: "Move closer to your Wi-Fi, or use a cable.",
      others: "Stop downloads and other video on this network.",
      voice: "Join with the camera off: a voice needs little.",
      failed: "The test could not be made: {why}",
    },
    unusable: {
      both: "Your camera and microphone cannot be used",
      microphone: "Your microphone cannot be used",
      camera: "Your camera cannot be used",
    },
    without: {
      both: "Without them you can still join, and see and hear the others.",
      microphone: "Without it you can still join, and see and hear the others.",
      camera: "Without it you can still take part by voice.",
    },
    help: {
      blur: "Turn off “Blur my background” to be seen as you are, or update your browser.",
      denied: {
        chrome:
          "Select the icon to the left of the address, allow camera and microphone, then try again.",
        edge: "Select the lock to the left of the address, allow camera and microphone, then try again.",
        firefox:
          "Select the crossed-out camera or microphone to the left of the address, remove the block, then try again.",
        safari:
          "In the menu bar choose Safari, Settings for this website, and allow camera and microphone. Then try again.",
        other:
          "Allow camera and microphone for this page in your browser’s settings, then try again.",
        androidChrome:
          "Tap the icon to the left of the address, then Permissions, and allow camera and microphone. Then try again.",
        androidFirefox:
          "Tap the lock beside the address, allow camera and microphone, then try again.",
        iosSafari:
          "Tap the page menu in the address bar, then Website Settings, and allow camera and microphone. Then try again.",
        iosApp:
          "Open Settings on your device, choose this browser in the list of apps, and switch on Camera and Microphone. Then come back and try again.",
      },
      system: {
        desktop:
          "Your system does not let this browser use it. Open the system’s privacy settings, allow camera and microphone for this browser, and start the browser again.",
        android:
          "Android does not let this browser use it. Open Settings, Apps, this browser, Permissions, and allow camera and microphone.",
        ios: "Your device does not let this browser use it. Open Settings, choose this browser, and switch on Camera and Microphone.",
      },
      policy:
        "The website that shows this page does not pass on camera and microphone. Open this page in a window of its own, or ask the website’s operator.",
      insecure:
        "Browsers open camera and microphone only at secure addresses, which begin with https. Ask the practice for the right address.",
      unsupported:
        "This browser has no access to cameras and microphones. Open the page in a current Chrome, Edge, Firefox or Safari.",
      missing: {
        desktop:
          "None was found. Plug one in; it is found by itself. Some laptops have a switch or a slide for it.",
        phone:
          "None was found. Restart your device, or open the page in the browser that came with it.",
      },
      busy: {
        desktop:
          "Another program is using it. Close other video programs and windows, then try again.",
        firefox:
          "Another program or browser is using it. Close other video programs, then try again. If that does not help, restart Firefox.",
        phone: "Another app is using it, or you are in a phone call. Close it, then try again.",
      },
    },
  },
} as const;
