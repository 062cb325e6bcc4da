/**
 * The front door of a call: the picture of it for pages, and its core for whoever draws their own.
 */

export { offerBlurring } from "./blur/offer";
export { canBlur } from "./core/blur";
export type { CallConnectionState } from "./core/connectionstate";
export { measureConnection } from "./core/connectiontest";
export { type DeviceChoice, type DeviceKind, OwnMedia } from "./core/devices";
export { CallError, type CallErrorCode } from "./core/errors";
export { meter } from "./core/level";
export { listDevices } from "./core/listing";
export type { CallOptions, WebRTCServiceOptions } from "./core/options";
export {
  changePreferences,
  find,
  type Preferences,
  type RememberedDevice,
  readPreferences,
} from "./core/preferences";
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
export { type Measurement, type Verdict, verdictOf } from "./core/verdict";
export { WebRTCService } from "./core/webrtc";
export { reachOf } from "./reach";
export { useDevices } from "./useDevices";
export { VideoCall, type VideoCallProps } from "./VideoCall";
