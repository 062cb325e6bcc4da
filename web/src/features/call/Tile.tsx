import { AudioLines, MicOff, Pin, PinOff, ShieldQuestionMark, SignalLow } from "lucide-react";
import type { CSSProperties, ReactNode } from "react";
import { ToggleButton } from "react-aria-components";
import type { Participant, Side } from "../../shared/api/signaling/messages";
import { t } from "../../shared/i18n";
import { classes } from "../../shared/ui/classes";
import { isLost } from "./core/selectors";
import type { CallState } from "./core/state";
import { Face } from "./Face";
import { Player } from "./Player";
import { otherPoorWords, weaknessWords } from "./pictureWords";
import { silence, tileWords } from "./situation";

export interface TileProps {
  state: CallState;
  person: Participant;
  stream: MediaStream | null;
  speakerId: string | undefined;
  /** 0 to 1. */
  volume: number;
  /** This user wants to see them large. */
  isLit: boolean;
  onLight: (isLit: boolean) => void;
  style: CSSProperties;
}

/** One of several people: the picture, who it is and as what, and what is not as it should be. */
export function Tile({ state, person, stream, speakerId, style, ...props }: TileProps) {
  const { volume, isLit, onLight } = props;
  const { user_id, name, role, media, connected } = person;
  const received = state.media === "connected" || state.media === "reconnecting";
  const words = tileWords(state, person);
  const seen = received && stream !== null && words === null;
  const weak = weakWords(state, person);
  return (
    <Frame style={style} speaking={state.speaker === user_id && connected}>
      <Player
        stream={stream}
        name={name}
        speakerId={speakerId}
        fit="cover"
        visible={seen}
        volume={volume}
      />
      {!seen && <Instead name={name} words={words ?? t("call.tile.arriving")} />}
      <Caption name={name} side={role} speaking={state.speaker === user_id && connected}>
        {connected && !media.microphone && person.capabilities.speak !== false && (
          <Mark icon={MicOff} words={t(silence(media), { name })} tone="text-stage-danger" />
        )}
        {person.identity === "unconfirmed" && (
          <Mark
            icon={ShieldQuestionMark}
            words={t("guestLinks.unconfirmed")}
            tone="text-stage-warning"
          />
        )}
        {weak !== null && <Mark icon={SignalLow} words={weak} tone="text-stage-warning" />}
      </Caption>
      <ToggleButton
        isSelected={isLit}
        onChange={onLight}
        aria-label={t("call.view.spotlight", { name })}
        className={classes(
          "absolute top-2 right-2 grid size-9 cursor-pointer place-items-center rounded-full bg-stage/60 text-stage-strong transition-opacity data-selected:bg-accent data-selected:text-on-accent data-focus-visible:outline-2 data-focus-visible:outline-stage-accent",
          CAN_HOVER && !isLit && "opacity-0 group-hover:opacity-100 data-focus-visible:opacity-100",
        )}
      >
        {isLit ? <PinOff aria-hidden className="size-4" /> : <Pin aria-hidden className="size-4" />}
      </ToggleButton>
    </Frame>
  );
}

/** What is to be known of somebody's network; null: nothing. */
function weakWords(state: CallState, person: Participant): string | null {
  const { user_id, name } = person;
  if (isLost(state, person)) return t("call.quality.otherLost", { name });
  const poor = state.quality[user_id] === "poor";
  return weaknessWords(state, user_id) ?? (poor ? otherPoorWords(state, user_id, name) : null);
}

/** A finger cannot find what shows only under a pointer. */
const CAN_HOVER = typeof matchMedia !== "undefined" && matchMedia("(hover: hover)").matches;

interface FrameProps {
  style: CSSProperties;
  speaking?: boolean;
  children: ReactNode;
}

/**
 * A place in the grid; who speaks is framed, which the caption says as well where there is room for
 * a mark.
 */
export function Frame({ style, speaking = false, children }: FrameProps) {
  return (
    <li
      style={style}
      data-speaking={speaking}
      className="group @container relative min-h-0 min-w-0 overflow-hidden rounded-2xl bg-stage-raised short:rounded-xl"
    >
      {children}
      <SpeakingFrame speaking={speaking} />
    </li>
  );
}

export function SpeakingFrame({ speaking }: { speaking: boolean }) {
  return (
    <span
      aria-hidden
      className={classes(
        "pointer-events-none absolute inset-0 rounded-[inherit] ring-inset transition-shadow",
        speaking ? "ring-4 ring-stage-accent" : "ring-1 ring-stage-line",
      )}
    />
  );
}

/** Instead of a picture; where there is hardly room, the reason is only read out. */
export function Instead({ name, words }: { name: string; words: string }) {
  return (
    <div className="absolute inset-0 flex flex-col items-center justify-center gap-2 bg-radial from-stage-raised to-stage-surface p-2 pb-8 text-center short:pb-2">
      <Face name={name} small />
      <span className="line-clamp-2 text-sm text-stage-muted short:sr-only @max-[9rem]:sr-only">
        {words}
      </span>
    </div>
  );
}

interface CaptionProps {
  name: string;
  side: Side | null;
  speaking?: boolean;
  children?: ReactNode;
}

/**
 * Who it is, as what, and the marks of what is not as it should be. A name may take two lines;
 * the longest ones are told in whole by the list of people.
 */
export function Caption({ name, side, speaking = false, children }: CaptionProps) {
  const role = side === null ? "" : t(`roles.${side}`);
  return (
    <p
      title={role === "" ? name : `${name} · ${role}`}
      className="absolute bottom-2 left-2 flex max-w-[calc(100%-1rem)] items-center gap-1.5 rounded-2xl bg-stage/75 px-3 py-1.5 text-sm font-medium text-stage-strong @max-[9rem]:bottom-1 @max-[9rem]:left-1 @max-[9rem]:max-w-[calc(100%-0.5rem)] @max-[9rem]:gap-1 @max-[9rem]:rounded-lg @max-[9rem]:px-1.5 @max-[9rem]:py-0.5 @max-[9rem]:text-xs"
    >
      {speaking && (
        <AudioLines aria-hidden className="size-4 shrink-0 text-stage-accent @max-[9rem]:hidden" />
      )}
      {children}
      <bdi className="line-clamp-2 min-w-0 leading-tight wrap-break-word">{name}</bdi>
      {role !== "" && (
        <span className="shrink-0 text-stage-muted @max-[14rem]:sr-only">{role}</span>
      )}
    </p>
  );
}

interface MarkProps {
  icon: typeof MicOff;
  words: string;
  tone: string;
}

export function Mark({ icon: Icon, words, tone }: MarkProps) {
  return (
    <span className="shrink-0" title={words}>
      <Icon aria-hidden className={classes("size-4", tone)} />
      <span className="sr-only">{words}</span>
    </span>
  );
}
