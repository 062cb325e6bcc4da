/** What a host platform imports to hold calls in its own pages; EMBEDDING.md shows how. */
import "./embed.css";
import { useCallback, useEffect, useRef } from "react";
import { UNSAFE_PortalProvider as PortalProvider } from "react-aria/PortalProvider";
import { I18nProvider } from "react-aria-components";
import { VideoCall as Call, type VideoCallProps } from "./components/call/VideoCall";
import { language } from "./i18n";

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
export type { VideoCallProps };

/** A whole call in the space of its parent: give that a height. Its styles are its own, whatever the host's are. */
export function VideoCall(props: VideoCallProps) {
  return (
    <div className="carelay">
      <I18nProvider locale={language}>
        <PortalProvider getContainer={useOverlays()}>
          <Call {...props} />
        </PortalProvider>
      </I18nProvider>
    </div>
  );
}

/** Where dialogs, menus and tooltips are: above everything of the host, and in the styles of the call all the same. */
function useOverlays(): () => HTMLElement | null {
  const overlays = useRef<HTMLElement | null>(null);
  useEffect(() => {
    const made = document.createElement("div");
    made.className = "carelay carelay-overlays";
    document.body.append(made);
    overlays.current = made;
    return () => made.remove();
  }, []);
  return useCallback(() => overlays.current, []);
}
