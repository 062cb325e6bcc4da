import { MicOff, MonitorUp, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import type { MediaState, Participant } from "../../shared/api/signaling/messages";
import { type MessageKey, t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { classes } from "../../shared/ui/classes";
import { initials } from "../../shared/ui/initials";
import { Spinner } from "../../shared/ui/Spinner";
import type { CallState } from "./core/machine";
import { isOtherLost, isReconnecting, others, pictureProblem } from "./core/machine";
import type { WebRTCService } from "./core/webrtc";
import { Player } from "./Player";
import { SelfView } from "./SelfView";
import { useRemoteStreams } from "./useRemoteStreams";

export interface StageProps {
  service: WebRTCService | null;
  state: CallState;
  /** The other party's name while the server has not told it yet. */
  otherName: string;
  ownName: string;
  speakerId: string | undefined;
  /** Connect picture and sound anew. */
  onRetry: () => void;
}

/** The other side large, a shared screen larger still, the own picture small. */
export function Stage({ service, state, otherName, ownName, speakerId, onRetry }: StageProps) {
  useRemoteStreams(service);
  const other = others(state)[0] ?? null;
  const name = other?.name ?? otherName;
  const camera = other === null ? null : (service?.remoteStream(other.user_id, "camera") ?? null);
  const screen =
    other?.media.screen === true ? (service?.remoteStream(other.user_id, "screen") ?? null) : null;
  const received = state.media === "connected" || state.media === "reconnecting";
  const sent = other?.connected === true && other.media.camera && !state.audioOnly;
  const seen = sent && received && camera !== null && pictureProblem(state) === null;
  return (
    <div className="relative min-h-0 flex-1 overflow-hidden bg-stage-surface short:min-h-36 sm:mx-4 sm:rounded-3xl sm:ring-1 sm:ring-stage-line">
      {screen !== null && (
        <div className="absolute inset-0 sm:right-72 short:sm:right-44">
          <Player stream={screen} name={t("call.state.sharing", { name })} fit="contain" visible />
        </div>
      )}
      <div
        className={
          screen === null
            ? // On a phone held sideways the own picture stands beside it, not over the face.
              classes("absolute inset-0", !state.audioOnly && "short:landscape:sm:right-44")
            : "absolute top-3 left-3 z-10 h-24 w-40 overflow-hidden rounded-2xl bg-stage-raised shadow-float ring-1 ring-stage-line sm:top-4 sm:right-4 sm:left-auto sm:h-36 sm:w-64 short:sm:right-2 short:sm:h-24 short:sm:w-40"
        }
      >
        <Player stream={camera} name={name} speakerId={speakerId} fit="cover" visible={seen} />
        {!seen && <Unseen state={state} other={other} name={name} compact={screen !== null} />}
      </div>
      {other?.connected === true && <NamePlate other={other} shared={screen !== null} />}
      {state.blocked ? (
        <Blocked port={state.mediaPort} onRetry={onRetry} />
      ) : (
        isReconnecting(state) && (
          <Overlay title={t("call.reconnecting.title")} text={t("call.reconnecting.text")} />
        )
      )}
      {isOtherLost(state) && <Overlay title={t("call.away.title", { name })} text={t("call.away.text")} />}
      {state.own.screen && <OwnSharing />}
      {!state.audioOnly && (
        <SelfView
          stream={service?.localStream ?? null}
          name={ownName}
          camera={state.own.camera}
          muted={!state.own.microphone}
          unheard={state.own.unavailable?.includes("microphone") ?? false}
        />
      )}
    </div>
  );
}

/** Instead of a picture: who it is and why there is none. */
function Unseen({ state, other, name, compact }: UnseenProps) {
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
    </Centered>
  );
}

interface UnseenProps {
  state: CallState;
  other: Participant | null;
  name: string;
  compact: boolean;
}

function situation(state: CallState, other: Participant | null, name: string) {
  const say = (
    key: "joining" | "ringing" | "waiting" | "connecting" | "arriving" | "away" | "incompatible",
    ringing = false,
  ) => ({
    title: t(`call.${key}.title`, { name }),
    text: t(`call.${key}.text`, { name }),
    ringing,
  });
  if (state.phase === "idle" || state.phase === "joining") return say("joining");
  if (state.incompatible) return say("incompatible");
  if (state.ringing) return say("ringing", true);
  if (state.media !== "connected") return say("connecting");
  if (other?.connected !== true) return say(absence(state, other));
  return { title: name, text: withoutPicture(state, other, name), ringing: false };
}

function withoutPicture(state: CallState, other: Participant, name: string): string {
  if (state.audioOnly) return t("call.state.audioOnly");
  const problem = pictureProblem(state);
  if (problem !== null) return t(`call.state.noVideoFormat.${problem}`, { name });
  return t(other.media.unavailable?.includes("camera") ? "call.state.unseen" : "call.state.cameraOff");
}

/** Why nothing of the other side is here: it was interrupted, is on its way, or has not come yet. */
function absence({ met }: CallState, other: Participant | null): "away" | "arriving" | "waiting" {
  if (other !== null && met.includes(other.user_id)) return "away";
  return other?.joined === true ? "arriving" : "waiting";
}

function Centered({ children }: { children: ReactNode }) {
  return (
    <div className="absolute inset-0 flex flex-col items-center justify-center bg-radial from-stage-raised to-stage-surface p-6 pb-24 text-center short:p-3">
      {children}
    </div>
  );
}

function Face({
  name,
  ringing = false,
  small = false,
}: {
  name: string;
  ringing?: boolean;
  small?: boolean;
}) {
  return (
    <span aria-hidden className="relative grid place-items-center">
      {ringing && <span className="absolute size-32 animate-ring rounded-full bg-pulse short:size-16" />}
      {ringing && (
        <span className="absolute size-32 animate-ring rounded-full bg-pulse [animation-delay:1.2s] short:size-16" />
      )}
      <span
        className={classes(
          "relative grid place-items-center rounded-full bg-stage-control-hover font-semibold text-stage-ink",
          small ? "size-14 text-lg" : "size-32 text-4xl short:size-16 short:text-2xl",
        )}
      >
        {initials(name)}
      </span>
    </span>
  );
}

function NamePlate({ other: { name, media }, shared }: { other: Participant; shared: boolean }) {
  const Icon = shared ? MonitorUp : MicOff;
  if (!shared && media.microphone) return null;
  return (
    <p
      title={name}
      className="absolute bottom-3 left-3 z-10 flex max-w-[calc(100%-9.5rem)] items-center gap-2 rounded-full bg-stage/70 px-3.5 py-1.5 text-sm font-medium text-stage-strong backdrop-blur-sm sm:bottom-4 sm:left-4"
    >
      <Icon aria-hidden className={classes("size-4 shrink-0", !shared && "text-stage-danger")} />
      <span className="truncate">{t(shared ? "call.state.sharing" : silence(media), { name })}</span>
    </p>
  );
}

/** Muted on purpose, or nothing to speak into: the other side can do something about one of them only. */
function silence(media: MediaState): MessageKey {
  return media.unavailable?.includes("microphone") ? "call.state.unheard" : "call.state.muted";
}

function OwnSharing() {
  return (
    <p className="absolute top-3 left-1/2 z-10 flex -translate-x-1/2 items-center gap-2 rounded-full bg-brand-raised px-4 py-2 text-sm font-semibold text-on-brand shadow-float">
      <MonitorUp aria-hidden className="size-4" />
      {t("call.state.ownSharing")}
    </p>
  );
}

/** The server is reached and media are not: only the user can do something about that. */
function Blocked({ port, onRetry }: { port: number | null; onRetry: () => void }) {
  return (
    <div className="absolute inset-0 z-10 grid place-items-center overflow-y-auto bg-stage-surface p-6 text-stage-strong short:p-3">
      <div className="max-w-md">
        <WifiOff aria-hidden className="size-9 text-stage-warning short:hidden" />
        <h2 className="mt-4 text-xl font-semibold short:mt-0">{t("call.blocked.title")}</h2>
        <p className="mt-2 text-stage-ink">{t("call.blocked.text")}</p>
        <ul className="mt-3 list-disc space-y-1.5 pl-5 text-stage-ink">
          <li>{t("call.blocked.otherNetwork")}</li>
          <li>{t("call.blocked.vpn")}</li>
          <li>
            {port === null
              ? t("call.blocked.administrator")
              : t("call.blocked.administratorPort", { port: String(port) })}
          </li>
        </ul>
        <Button className="mt-5" onPress={onRetry}>
          {t("call.blocked.retry")}
        </Button>
      </div>
    </div>
  );
}

function Overlay({ title, text }: { title: string; text: string }) {
  return (
    <div className="absolute inset-0 z-10 grid place-items-center bg-stage/65 p-6 text-center text-stage-strong backdrop-blur-md">
      <div>
        <Spinner className="mx-auto size-8" />
        <p className="mt-4 text-xl font-semibold">{title}</p>
        <p className="mt-1 text-balance text-stage-ink">{text}</p>
      </div>
    </div>
  );
}
