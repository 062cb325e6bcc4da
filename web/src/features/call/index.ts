/**
 * The front door of a call: the picture of it for pages, and its core for whoever draws their own.
 */

export type { CallConnectionState } from "./core/connectionstate";
export { type DeviceChoice, type DeviceKind, listDevices } from "./core/devices";
export { CallError, type CallErrorCode } from "./core/errors";
export type { CallOptions, WebRTCServiceOptions } from "./core/options";
export { others, ownQuality } from "./core/selectors";
export {
  type CallPhase,
  type CallState,
  type Emergency,
  type Ended,
  emergencyOf,
} from "./core/state";
export type { ConnectionStatistics } from "./core/statistics";
export type { RemoteStream } from "./core/streams";
export { WebRTCService } from "./core/webrtc";
export { reachOf } from "./reach";
export { VideoCall, type VideoCallProps } from "./VideoCall";
