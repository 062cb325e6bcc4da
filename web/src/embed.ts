/** What a host platform imports to hold calls in its own pages; EMBEDDING.md shows how. */
import "./styles.css";

export type { DeviceChoice, DeviceKind } from "./call/devices";
export { listDevices } from "./call/devices";
export { CallError, type CallErrorCode } from "./call/errors";
export {
  type CallPhase,
  type CallState,
  type Emergency,
  type Ended,
  others,
  ownQuality,
} from "./call/machine";
export type { ClientMessage, MessageOf, ServerMessage, ServerMessageType } from "./call/messages";
export {
  SignalingClient,
  type SignalingOptions,
  type SignalingState,
  type TokenSource,
} from "./call/signaling";
export type { ConnectionStatistics } from "./call/statistics";
export type { RemoteStream } from "./call/streams";
export {
  type CallConnectionState,
  type CallOptions,
  WebRTCService,
  type WebRTCServiceOptions,
} from "./call/webrtc";
export { VideoCall, type VideoCallProps } from "./components/call/VideoCall";
