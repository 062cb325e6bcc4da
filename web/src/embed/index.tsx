/** What a host platform imports to hold calls in its own pages; EMBEDDING.md shows how. */
import "./embed.css";
import { useCallback, useEffect, useRef } from "react";
import { UNSAFE_PortalProvider as PortalProvider } from "react-aria/PortalProvider";
import { I18nProvider } from "react-aria-components";
import { VideoCall as Call, type VideoCallProps } from "../features/call";
import { language } from "../shared/i18n/language";

export {
  type CallConnectionState,
  CallError,
  type CallErrorCode,
  type CallOptions,
  type CallPhase,
  type CallState,
  type ConnectionStatistics,
  type DeviceChoice,
  type DeviceKind,
  type Emergency,
  type Ended,
  listDevices,
  others,
  ownQuality,
  type RemoteStream,
  type VideoCallProps,
  WebRTCService,
  type WebRTCServiceOptions,
} from "../features/call";
export {
  SignalingClient,
  type SignalingOptions,
  type SignalingState,
  type TokenSource,
} from "../shared/api/signaling/client";
export type { Listener, Subscribe } from "../shared/api/signaling/emitter";
export type {
  ClientMessage,
  MessageOf,
  ServerMessage,
  ServerMessageType,
} from "../shared/api/signaling/messages";

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
