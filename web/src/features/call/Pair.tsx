import { MicOff, MonitorUp, ShieldQuestionMark } from "lucide-react";
import type { ReactNode } from "react";
import type { Participant } from "../../shared/api/signaling/messages";
import { t } from "../../shared/i18n";
import { classes } from "../../shared/ui/classes";
import { counterpart, isLost, pictureProblem, receivesScreen, showsCamera } from "./core/selectors";
import type { CallState } from "./core/state";
import type { WebRTCService } from "./core/webrtc";
import { Face } from "./Face";
import { Overlay } from "./Obstacles";
import { Player } from "./Player";
import { Ringing } from "./Ringing";
import { silence, situation } from "./situation";
import { SpeakingFrame } from "./Tile";
import type { Ringback } from "./useRingback";

export interface PairProps {
  service: WebRTCService | null;
  state: CallState;
  /** The other party's name while the server has not told it yet. */
  otherName: string;
  speakerId: string | undefined;
  /** The own picture stands above it. */
  withSelf: boolean;
  ringback: Ringback;
}

/** A call of two: the other side large, a shared screen larger still. */
export function Pair({ service, state, otherName, speakerId, ...props }: PairProps) {
  const { withSelf, ringback } = props;
  const other = counterpart(state);
  const name = other?.name ?? otherName;
  const camera = other === null ? null : (service?.remoteStream(other.user_id, "camera") ?? null);
  const screen =
    other?.media.screen === true && receivesScreen(state)
      ? (service?.remoteStream(other.user_id, "screen") ?? null)
      : null;
  const received = state.media === "connected" || state.media === "reconnecting";
  const sent = other !== null && showsCamera(state, other);
  const seen = sent && received && camera !== null && pictureProblem(state, other) === null;
  const away = other !== null && isLost(state, other);
  return (
    <>
      {screen !== null && (
        <div className="absolute inset-0 sm:right-72 short:sm:right-44">
          <Player stream={screen} name={t("call.state.sharing", { name })} fit="contain" visible />
        </div>
      )}
      <div
        className={
          screen === null
            ? // On a phone held sideways the own picture stands beside it, not over the face.
              classes("absolute inset-0", withSelf && "short:landscape:sm:right-44")
            : "absolute top-3 left-3 z-10 h-24 w-40 overflow-hidden rounded-2xl bg-stage-raised shadow-float ring-1 ring-stage-line sm:top-4 sm:right-4 sm:left-auto sm:h-36 sm:w-64 short:sm:right-2 short:sm:h-24 short:sm:w-40"
        }
      >
        <Player stream={camera} name={name} speakerId={speakerId} fit="cover" visible={seen} />
        {!seen && (
          <Unseen
            state={state}
            other={other}
            name={name}
            compact={screen !== null}
            ringback={ringback}
          />
        )}
        {other !== null && <SpeakingFrame speaking={state.speaker === other.user_id} />}
      </div>
      {other?.connected === true && (
        <div className="absolute bottom-3 left-3 z-10 flex max-w-[calc(100%-9.5rem)] flex-col items-start gap-2 sm:bottom-4 sm:left-4">
          {other.identity === "unconfirmed" && (
            <Plate
              icon={ShieldQuestionMark}
              tone="text-stage-warning"
              words={t("guestLinks.unconfirmed")}
            />
          )}
          {screen !== null ? (
            <Plate icon={MonitorUp} words={t("call.state.sharing", { name })} />
          ) : (
            <Plate
              icon={other.media.microphone ? null : MicOff}
              tone="text-stage-danger"
              words={other.media.microphone ? name : t(silence(other.media), { name })}
            />
          )}
        </div>
      )}
      {away && <Overlay title={t("call.away.title", { name })} text={t("call.away.text")} />}
    </>
  );
}

/** Instead of a picture: who it is and why there is none. */
function Unseen({ state, other, name, compact, ringback }: UnseenProps) {
  const { title, text, ringing } = situation(state, other, name);
  if (compact) return <Centered>{<Face name={name} small />}</Centered>;
  return (
    <Centered>
      <Face name={name} ringing={ringing} />
      <h2
        dir="auto"
        title={title}
        className="mt-7 line-clamp-3 max-w-full text-2xl font-semibold tracking-tight text-stage-strong wrap-anywhere short:mt-3 short:line-clamp-2 short:text-xl"
      >
        {title}
      </h2>
      <p className="mt-2 line-clamp-4 max-w-sm text-stage-muted wrap-anywhere short:mt-1 short:line-clamp-2">
        {text}
      </p>
      {ringing && <Ringing state={state} ringback={ringback} />}
    </Centered>
  );
}

interface UnseenProps {
  state: CallState;
  other: Participant | null;
  name: string;
  compact: boolean;
  ringback: Ringback;
}

function Centered({ children }: { children: ReactNode }) {
  return (
    <div className="absolute inset-0 flex flex-col items-center justify-center bg-radial from-stage-raised to-stage-surface p-6 pb-24 text-center short:p-3">
      {children}
    </div>
  );
}

interface PlateProps {
  icon: typeof MicOff | null;
  words: string;
  tone?: string;
}

/** What is to be known of the other side, over the picture. */
function Plate({ icon: Icon, words, tone }: PlateProps) {
  return (
    <p
      title={words}
      className="flex max-w-full items-center gap-2 rounded-full bg-stage/70 px-3.5 py-1.5 text-sm font-medium text-stage-strong backdrop-blur-sm"
    >
      {Icon !== null && <Icon aria-hidden className={classes("size-4 shrink-0", tone)} />}
      <span className="truncate">{words}</span>
    </p>
  );
}
