// Runs inside a browser page: builds peer connections in the shape of carelay's client and returns
// their offers. Each offer comes with the `sources` that the client would send beside it (mid →
// source).

const live = {};

// As the client sends a camera into a room of three or more: the largest layer first.
const LAYERS = [
  { rid: "f" },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 400_000 },
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 60_000, maxFramerate: 15 },
];

async function carelayTracks({ width = 1280, height = 720, frameRate = 30 } = {}) {
  const track = async (constraints) =>
    (await navigator.mediaDevices.getUserMedia(constraints)).getTracks()[0];
  return {
    microphone: await track({ audio: true }),
    camera: await track({ video: { width, height, frameRate } }),
    screen: await track({ video: { width: 640, height: 480 } }),
  };
}

function carelayConnection(
  tracks,
  { video = true, layers = false, slots = { audio: 1, video: 2 } } = {},
) {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const sending = { microphone: pc.addTransceiver(tracks.microphone, { direction: "sendonly" }) };
  const camera = layers
    ? { direction: "sendonly", sendEncodings: LAYERS }
    : { direction: "sendonly" };
  if (video) sending.camera = pc.addTransceiver(tracks.camera, camera);
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
  offers.audio_only = await carelayOffer(
    carelayConnection(tracks, { video: false, slots: { audio: 1, video: 0 } }),
  );
  offers.layers = await carelayOffer(
    carelayConnection(tracks, { layers: true, slots: { audio: 2, video: 3 } }),
  );
  offers.layers_for_two = await carelayOffer(carelayConnection(tracks, { layers: true }));
  const withData = carelayConnection(tracks);
  withData.pc.createDataChannel("unwanted");
  offers.data_channel = await carelayOffer(withData);
  return offers;
}

// A connection that goes on living in the page.
async function carelayLiveOffer(options = {}) {
  if (options.screen === "added") {
    live.connection.sending.screen = live.connection.pc.addTransceiver(live.tracks.screen, {
      direction: "sendonly",
    });
  } else if (options.screen === "resting") {
    live.connection.sending.screen.direction = "inactive";
  } else if (options.screen === "stopped") {
    live.connection.sending.screen.stop();
  }
  if (options.grown) carelayGrow(live.connection, live.tracks);
  if (!live.connection) {
    live.tracks = await carelayTracks(options.camera);
    live.connection = carelayConnection(live.tracks, options.connection);
    if (live.connection.sending.camera)
      await carelayKeepSize(live.connection.sending.camera.sender);
    live.connection.pc.ontrack = ({ track, streams, transceiver }) => {
      (live.streams ??= {})[transceiver.mid] = streams.map((stream) => stream.id);
    };
  }
  return carelayOffer(live.connection, { iceRestart: Boolean(options.iceRestart) });
}

// However busy the machine is: Chromium would send smaller pictures where its encoder is late.
async function carelayKeepSize(sender) {
  await sender.setParameters({
    ...sender.getParameters(),
    degradationPreference: "maintain-resolution",
  });
}

// As the client does when a third participant comes: its camera moves to an m-line with layers.
function carelayGrow({ pc, sending }, { camera }) {
  sending.camera.direction = "inactive";
  sending.camera.sender.replaceTrack(null);
  sending.camera = pc.addTransceiver(camera, { direction: "sendonly", sendEncodings: LAYERS });
  for (const kind of ["audio", "video"]) pc.addTransceiver(kind, { direction: "recvonly" });
}

// Puts an answer in and tells what the browser made of it, m-line by m-line.
async function carelayLiveAnswer(sdp) {
  await live.connection.pc.setRemoteDescription({ type: "answer", sdp });
  const lines = {};
  for (const transceiver of live.connection.pc.getTransceivers()) {
    const end =
      transceiver.currentDirection === "recvonly" ? transceiver.receiver : transceiver.sender;
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

// Lets one layer of the camera rest, or go on.
async function carelayLayer(rid, active) {
  const { sender } = live.connection.sending.camera;
  const parameters = sender.getParameters();
  parameters.encodings.find((encoding) => encoding.rid === rid).active = active;
  await sender.setParameters(parameters);
}

// Plays every video that arrives, and tells of each by MID what of it was decoded.
function carelayPlay() {
  live.connection.pc.addEventListener("track", ({ track, transceiver }) => {
    if (track.kind !== "video") return;
    const video = document.createElement("video");
    Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
    document.body.append(video);
    (live.playing ??= {})[transceiver.mid] = video;
  });
}

async function carelayVideos() {
  const videos = {};
  for (const report of (await live.connection.pc.getStats()).values()) {
    if (report.type === "inbound-rtp" && report.kind === "video" && report.framesDecoded > 0) {
      const {
        frameWidth,
        frameHeight,
        framesDecoded,
        freezeCount,
        totalFreezesDuration,
        timestamp,
      } = report;
      videos[report.mid] = {
        frameWidth,
        frameHeight,
        framesDecoded,
        freezeCount,
        totalFreezesDuration,
        timestamp,
      };
    }
  }
  return videos;
}

async function carelaySending() {
  const layers = {};
  for (const report of (await live.connection.pc.getStats()).values()) {
    if (report.type === "outbound-rtp" && report.kind === "video") {
      const {
        frameWidth,
        frameHeight,
        framesPerSecond,
        targetBitrate,
        active,
        qualityLimitationReason,
      } = report;
      layers[report.rid ?? ""] = {
        frameWidth,
        frameHeight,
        framesPerSecond,
        targetBitrate,
        active,
        qualityLimitationReason,
      };
    }
  }
  return layers;
}
