// A platform as EMBEDDING.md describes it, which renders ten times a second and makes every prop
// anew each time.
import {
  CallError,
  type CallState,
  type MessageOf,
  SignalingClient,
  type TokenSource,
  VideoCall,
  type VideoCallProps,
  WebRTCService,
} from "carelay-embed";
import "carelay-embed/carelay.css";
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

interface Seen {
  renders: number;
  /** The rendering whose token was asked for, each time one was. */
  tokens: number[];
  /** The rendering whose `onCallEnd` was called, and with what. */
  ended: { render: number; reason: string; minutes: number } | null;
}

const seen: Seen = { renders: 0, tokens: [], ended: null };
Object.assign(window, { seen });

const parameters = new URLSearchParams(location.search);
const parameter = (name: string): string => parameters.get(name) ?? "";

function Platform() {
  const [render, setRender] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setRender((count) => count + 1), 100);
    return () => clearInterval(timer);
  }, []);
  seen.renders = render;
  const onCallEnd: VideoCallProps["onCallEnd"] = ({ durationMinutes, reason }) => {
    seen.ended = { render, reason, minutes: durationMinutes };
  };
  return (
    <div className="page">
      <h1>A platform</h1>
      <p>
        Its own words, <a href="/">links</a> and <button type="button">buttons</button>{" "}
        <input defaultValue="x" />
      </p>
      <ul>
        <li>A list</li>
      </ul>
      <div
        id="call"
        style={{ position: "fixed", inset: 0, margin: 0, padding: 0, border: 0, maxWidth: "none" }}
      >
        <VideoCall
          roomId={parameter("room")}
          userId={parameter("user")}
          isProvider={parameter("role") === "provider"}
          token={() => {
            seen.tokens.push(render);
            return fetch(`/platform/token?user=${parameter("user")}`).then((reply) => reply.text());
          }}
          ready={Promise.resolve(render)}
          onCallEnd={onCallEnd}
          theme="dark"
        />
      </div>
    </div>
  );
}

const root = document.getElementById("app");
if (root === null) throw new Error("no #app");
createRoot(root).render(
  <StrictMode>
    <Platform />
  </StrictMode>,
);

/** Never called: what section 3 of EMBEDDING.md uses has types, and none of them is `any`. */
export async function withoutReact(userId: string, token: TokenSource): Promise<void> {
  const call = new WebRTCService({ userId, token });
  const stop: () => void = call.onRemoteStream(({ kind, stream }) => {
    const kinds: "camera" | "screen" = kind;
    const streams: MediaStream | null = stream;
    return void [kinds, streams];
  });
  call.onConnectionStateChange(
    (state) =>
      void (state satisfies "idle" | "connecting" | "connected" | "reconnecting" | "closed"),
  );
  call.onCallEnded(({ durationMinutes, reason, endedBy }) => {
    const side: CallState["participants"][number]["role"] | null = endedBy;
    return void [durationMinutes.toFixed(), reason.trim(), side];
  });
  const signaling = new SignalingClient({ userId, token });
  signaling.on("call_invitation", (invitation: MessageOf<"call_invitation">) => {
    const name: string = invitation.provider_name;
    const recorded: boolean = invitation.recording_enabled;
    return void [name, recorded];
  });
  const phase: CallState["phase"] = call.state.phase;
  // @ts-expect-error: there is no such phase, which a type that is `any` would not know
  if (phase === "nowhere") throw new CallError("unsupported");
  // @ts-expect-error: nor such a message
  signaling.on("nothing", () => undefined);
  stop();
}
