// Runs inside a browser page: builds peer connections in the shape of carelay's client and returns their offers.
// Each offer comes with the `sources` that the client would send beside it (mid → source).

const live = {};

async function carelayTracks() {
  const track = async (constraints) => (await navigator.mediaDevices.getUserMedia(constraints)).getTracks()[0];
  return {
    microphone: await track({ audio: true }),
    camera: await track({ video: { width: 1280, height: 720 } }),
    screen: await track({ video: { width: 640, height: 480 } }),
  };
}

function carelayConnection(tracks, { video = true, slots = { audio: 1, video: 2 } } = {}) {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const sending = { microphone: pc.addTransceiver(tracks.microphone, { direction: "sendonly" }) };
  if (video) sending.camera = pc.addTransceiver(tracks.camera, { direction: "sendonly" });
  for (let i = 0; i < slots.audio; i++) pc.addTransceiver("audio", { direction: "recvonly" });
  for (let i = 0; i < slots.video; i++) pc.addTransceiver("video", { direction: "recvonly" });
  return { pc, sending };
}

async function carelayOffer({ pc, sending }, options) {
  const description = await pc.createOffer(options);
  await pc.setLocalDescription(description);
  const sources = {};
  for (const [source, transceiver] of Object.entries(sending)) {
    if (transceiver.direction === "sendonly") sources[transceiver.mid] = source;
  }
  return { sdp: description.sdp, sources };
}

// Every vector of one browser, by name. No answer is ever applied, so a restart needs no server.
async function carelayOffers() {
  const tracks = await carelayTracks();
  const first = carelayConnection(tracks);
  const offers = { call: await carelayOffer(first) };
  first.sending.screen = first.pc.addTransceiver(tracks.screen, { direction: "sendonly" });
  offers.screen = await carelayOffer(first);
  offers.ice_restart = await carelayOffer(first, { iceRestart: true });
  offers.audio_only = await carelayOffer(carelayConnection(tracks, { video: false, slots: { audio: 1, video: 0 } }));
  const withData = carelayConnection(tracks);
  withData.pc.createDataChannel("unwanted");
  offers.data_channel = await carelayOffer(withData);
  return offers;
}

// A connection that goes on living in the page.
async function carelayLiveOffer(options = {}) {
  if (options.screen === "added") {
    live.connection.sending.screen = live.connection.pc.addTransceiver(live.tracks.screen, { direction: "sendonly" });
  } else if (options.screen === "resting") {
    live.connection.sending.screen.direction = "inactive";
  } else if (options.screen === "stopped") {
    live.connection.sending.screen.stop();
  }
  if (!live.connection) {
    live.tracks = await carelayTracks();
    live.connection = carelayConnection(live.tracks);
    live.connection.pc.ontrack = ({ track, streams, transceiver }) => {
      (live.streams ??= {})[transceiver.mid] = streams.map((stream) => stream.id);
    };
  }
  return carelayOffer(live.connection, { iceRestart: Boolean(options.iceRestart) });
}

// Puts an answer in and tells what the browser made of it, m-line by m-line.
async function carelayLiveAnswer(sdp) {
  await live.connection.pc.setRemoteDescription({ type: "answer", sdp });
  const lines = {};
  for (const transceiver of live.connection.pc.getTransceivers()) {
    const end = transceiver.currentDirection === "recvonly" ? transceiver.receiver : transceiver.sender;
    lines[transceiver.mid] = {
      direction: transceiver.currentDirection,
      codecs: end.getParameters().codecs.map((codec) => codec.mimeType),
      streams: live.streams?.[transceiver.mid] ?? [],
    };
  }
  return lines;
}

// Resolves once the connection has the wanted state.
function carelayLiveState(wanted) {
  const { pc } = live.connection;
  return new Promise((resolve) => {
    const look = () => pc.connectionState === wanted && resolve(pc.connectionState);
    pc.addEventListener("connectionstatechange", look);
    look();
  });
}
