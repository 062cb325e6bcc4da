/** What a platform may tell a service of calls, when it makes it and for each call. */

import type { SignalingClient, SignalingOptions } from "../../../shared/api/signaling/client";
import type { DeviceChoice } from "./devices";

/** `userId` may be left to `initializeCall`. */
export interface WebRTCServiceOptions extends Partial<SignalingOptions> {
  /**
   * The socket that the page has already; without it the service opens its own and closes it with
   * `dispose`.
   */
  signaling?: SignalingClient;
  /** Origin of the carelay server, such as `wss://video.example.org`: `baseUrl` by another name. */
  signalingServer?: string;
  /** STUN and TURN servers to try beside those of the practice, which the carelay server names. */
  iceServers?: readonly RTCIceServer[];
}

export interface CallOptions {
  /** Ask for no camera. */
  audioOnly?: boolean;
  /** Begin with the camera off, or muted; either can be switched on in the call. */
  cameraOff?: boolean;
  muted?: boolean;
  /** Ask for no device: an observer is neither heard nor seen. */
  watching?: boolean;
  /** Devices to prefer, as `listDevices()` names them. */
  devices?: DeviceChoice;
}
