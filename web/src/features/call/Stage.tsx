import { MonitorUp } from "lucide-react";
import { useRef } from "react";
import { t } from "../../shared/i18n";
import { useSize } from "../../shared/ui/useSize";
import { layoutFor } from "./core/layout";
import { company, isReconnecting, maySend } from "./core/selectors";
import type { CallState } from "./core/state";
import type { WebRTCService } from "./core/webrtc";
import { Gallery } from "./Gallery";
import { Blocked, Overlay } from "./Obstacles";
import { Pair } from "./Pair";
import { SelfView } from "./SelfView";
import { SoundGate } from "./SoundGate";
import { useRemoteStreams } from "./useRemoteStreams";
import type { Ringback } from "./useRingback";
import type { ViewChoice } from "./useView";

export interface StageProps {
  service: WebRTCService | null;
  state: CallState;
  /** The other party's name while the server has not told it yet. */
  otherName: string;
  ownName: string;
  speakerId: string | undefined;
  view: ViewChoice;
  ringback: Ringback;
  /** Connect picture and sound anew. */
  onRetry: () => void;
}

/** The people of the call: one other large and oneself small above it, or a tile for each. */
export function Stage({ service, state, otherName, ownName, speakerId, ...props }: StageProps) {
  const { view, ringback, onRetry } = props;
  useRemoteStreams(service);
  const stage = useRef<HTMLDivElement>(null);
  const size = useSize(stage);
  const people = company(state);
  const isPair =
    people.length === 0 ||
    (people.length === 1 &&
      (people[0]?.connected !== true || layoutFor(view.layout, 1) === "speaker"));
  const withSelf = maySend(state).camera && !view.hidesSelf;
  return (
    <div
      ref={stage}
      className="relative min-h-0 flex-1 overflow-hidden bg-stage-surface short:min-h-36 sm:mx-4 sm:rounded-3xl sm:ring-1 sm:ring-stage-line"
    >
      <SoundGate>
        {isPair ? (
          <Pair
            service={service}
            state={state}
            otherName={otherName}
            speakerId={speakerId}
            withSelf={withSelf}
            ringback={ringback}
          />
        ) : (
          size !== null && (
            <Gallery
              service={service}
              state={state}
              ownName={ownName}
              speakerId={speakerId}
              size={size}
              view={view}
            />
          )
        )}
      </SoundGate>
      {state.blocked ? (
        <Blocked port={state.mediaPort} onRetry={onRetry} />
      ) : (
        isReconnecting(state) && (
          <Overlay title={t("call.reconnecting.title")} text={t("call.reconnecting.text")} />
        )
      )}
      {state.own.screen && <OwnSharing withSound={service?.hasScreenSound ?? false} />}
      {isPair && withSelf && (
        <SelfView
          stream={service?.localStream ?? null}
          name={ownName}
          camera={state.own.camera}
          muted={!state.own.microphone}
          unheard={state.own.unavailable?.includes("microphone") ?? false}
          onFlip={() => void service?.flipCamera()}
        />
      )}
    </div>
  );
}

function OwnSharing({ withSound }: { withSound: boolean }) {
  return (
    <p className="absolute top-3 left-1/2 z-10 flex -translate-x-1/2 items-center gap-2 rounded-full bg-brand-raised px-4 py-2 text-sm font-semibold text-on-brand shadow-float">
      <MonitorUp aria-hidden className="size-4" />
      {t(withSound ? "call.state.ownSharingSound" : "call.state.ownSharing")}
    </p>
  );
}
