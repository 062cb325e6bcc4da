// A platform that calls WebRTCService in the words of its own specification, which are
// RTCPeerConnection's.
import { WebRTCService } from "carelay-embed";

const told = { streams: 0, states: [] as string[], ended: 0, answers: [] as boolean[] };
Object.assign(window, { told });

const parameters = new URLSearchParams(location.search);
const userId = parameters.get("user") ?? "";
const video = (id: string) => document.getElementById(id) as HTMLVideoElement;
const onPress = (id: string, action: () => Promise<void>) =>
  document.getElementById(id)?.addEventListener("click", action);

const iceServers = [
  { urls: "stun:127.0.0.1:3478" },
  { urls: ["turn:127.0.0.1:3478"], username: "u", credential: "c" },
];
const signalingServer = location.origin.replace("http", "ws");
const service = new WebRTCService({ iceServers, signalingServer });

service.onRemoteStream = (stream) => {
  told.streams += 1;
  video("remote").srcObject = stream;
};
service.onCallEnded = () => {
  told.ended += 1;
};
service.onConnectionStateChange = (state) => {
  told.states.push(state);
};

onPress("call", async () => {
  const roomId = new URLSearchParams(location.search).get("room") ?? "";
  await service.initializeCall(roomId, userId);
  video("own").srcObject = service.localStream;
  await service.startCall();
});
onPress("microphone", async () => {
  const isOn: boolean = await service.toggleMute();
  told.answers.push(isOn);
});
onPress("camera", async () => {
  const isOn: boolean = await service.toggleVideo();
  told.answers.push(isOn);
});
onPress("share", () => service.startScreenShare());
onPress("end", () => service.endCall());
