/** What a host platform imports to hold calls in its own pages; EMBEDDING.md shows how. */
import "./embed.css";
import { useCallback, useEffect, useRef, useState } from "react";
import { UNSAFE_PortalProvider as PortalProvider } from "react-aria/PortalProvider";
import { I18nProvider } from "react-aria-components";
import { VideoCall as Call, type VideoCallProps as CallProps } from "../features/call";
import { Beside, useChatPart } from "../features/calls";
import { SignalingClient } from "../shared/api/signaling/client";
import { language } from "../shared/i18n/language";
import { isTranslated, translate } from "../shared/i18n/translation";
import type { Theme } from "../shared/theme/theme";

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
  WebRTCService,
  type WebRTCServiceOptions,
} from "../features/call";
export type { ConsentText } from "../shared/api/schema";
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

export interface VideoCallProps extends CallProps {
  /** Of dialogs and menus; the stage is dark in each. As the system has it, if nothing is said. */
  theme?: Theme | undefined;
}

/**
 * A whole call in the space of its parent: give that a height. Its styles are its own, whatever the
 * host's are.
 */
export function VideoCall({ theme, ...call }: VideoCallProps) {
  const overlays = useOverlays(theme);
  const translated = useTranslated();
  return (
    <div className="carelay" data-theme={theme}>
      {translated && (
        <I18nProvider locale={language}>
          <PortalProvider getContainer={overlays}>
            <WithChat {...call} />
          </PortalProvider>
        </I18nProvider>
      )}
    </div>
  );
}

/** The call and its chat share a socket, since the server tells of a call on the one it is on. */
function WithChat(call: CallProps) {
  const socket = useSocket(call);
  const { roomId, userId } = call;
  return socket && <Chatting key={`${roomId} ${userId}`} {...call} signaling={socket} />;
}

function Chatting(call: CallProps & { signaling: SignalingClient }) {
  const { roomId, userId, signaling } = call;
  const { token, baseUrl } = signaling.options;
  const asking = { token, baseUrl };
  const { part, news } = useChatPart({ roomId, userId, wire: signaling, asking });
  return (
    <div className="flex h-full flex-col">
      <Beside parts={[part]} news={news} summons={null}>
        <Call {...call} />
      </Beside>
    </div>
  );
}

/** The host's, or one for as long as the call is shown; none for the moment before the first. */
function useSocket(call: CallProps): SignalingClient | null {
  const { userId, baseUrl } = call;
  const [given] = useState(call.signaling);
  const [own, setOwn] = useState<SignalingClient | null>(null);
  const token = useRef(call.token);
  useEffect(() => {
    token.current = call.token;
  });
  useEffect(() => {
    if (given !== undefined) return;
    const made = new SignalingClient({
      userId,
      ...(token.current !== undefined && { token: () => token.current?.() ?? "" }),
      ...(baseUrl !== undefined && { baseUrl }),
    });
    setOwn(made);
    return () => made.close();
  }, [given, userId, baseUrl]);
  return given ?? own;
}

/** Whether the words of the reader's language are there; English ones are from the beginning. */
function useTranslated(): boolean {
  const [translated, setTranslated] = useState(isTranslated);
  useEffect(() => {
    if (!translated) void translate().then(() => setTranslated(true));
  }, [translated]);
  return translated;
}

/**
 * Where dialogs, menus and tooltips are: above everything of the host, and in the styles of the
 * call all the same.
 */
function useOverlays(theme: Theme = "system"): () => HTMLElement | null {
  const overlays = useRef<HTMLElement | null>(null);
  useEffect(() => {
    const made = document.createElement("div");
    made.className = "carelay carelay-overlays";
    document.body.append(made);
    overlays.current = made;
    return () => made.remove();
  }, []);
  useEffect(() => {
    if (overlays.current) overlays.current.dataset.theme = theme;
  }, [theme]);
  return useCallback(() => overlays.current, []);
}
