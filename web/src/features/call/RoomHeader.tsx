import {
  ArrowDown,
  ArrowUp,
  CirclePause,
  Clock,
  Signal,
  SignalHigh,
  SignalLow,
  SignalMedium,
  SignalZero,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Condition, Direction } from "../../shared/api/signaling/messages";
import { t } from "../../shared/i18n";
import { formatPosition } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { classes } from "../../shared/ui/classes";
import {
  elapsedSeconds,
  isAsked,
  isOffTheRecord,
  isReconnecting,
  isServerAway,
  minutesLeft,
  ownPart,
  ownQuality,
  worseWay,
  worstHeard,
} from "./core/selectors";
import type { CallState } from "./core/state";
import { otherPoorWords, ownPoorWords } from "./pictureWords";
import { offWords, pauseWords } from "./recordingWords";
import { useNow } from "./useNow";

const SIGNALS = {
  lost: SignalZero,
  poor: SignalLow,
  fair: SignalMedium,
  good: SignalHigh,
  excellent: Signal,
};

export interface RoomHeaderProps {
  state: CallState;
  name: string;
  /** Recording and emergency. */
  children: ReactNode;
}

/** With whom, for how long, and how well connected. */
export function RoomHeader({ state, name, children }: RoomHeaderProps) {
  return (
    <header className="flex shrink-0 items-center justify-between gap-x-3 gap-y-2 px-4 pt-[max(0.75rem,env(safe-area-inset-top))] pb-3 sm:px-6 short:pt-[max(0.375rem,env(safe-area-inset-top))] short:pb-1.5 tiny:flex-wrap">
      <div className="min-w-0 tiny:basis-full">
        <h1
          dir="auto"
          title={name}
          className="line-clamp-2 text-start text-base leading-snug font-semibold text-stage-strong wrap-anywhere sm:text-lg short:line-clamp-1"
        >
          {name}
        </h1>
        <div className="flex items-center gap-3 text-sm whitespace-nowrap text-stage-muted">
          <Timer state={state} />
          <ConnectionWord state={state} />
        </div>
      </div>
      <div className="flex shrink-0 items-center gap-2 sm:gap-3">{children}</div>
    </header>
  );
}

function Timer({ state }: { state: CallState }) {
  const now = useNow(state.startedAt !== null);
  const elapsed = elapsedSeconds(state, now);
  if (elapsed === null) return null;
  const time = formatPosition(elapsed * 1000);
  return (
    <span role="timer" aria-label={t("call.time", { time })} className="tabular-nums">
      {time}
    </span>
  );
}

function ConnectionWord({ state }: { state: CallState }) {
  if (state.blocked) return <span className="text-stage-warning">{t("call.quality.blocked")}</span>;
  if (isReconnecting(state) || isServerAway(state))
    return <span className="text-stage-warning">{t("call.quality.reconnecting")}</span>;
  if (state.media !== "connected") return <span>{t("call.quality.connecting")}</span>;
  const quality = ownQuality(state);
  const theirs = quality === "poor" || quality === "lost" ? null : worstHeard(state);
  if (theirs !== null) {
    const { user_id, name } = theirs.person;
    const words =
      theirs.quality === "poor"
        ? otherPoorWords(state, user_id, name)
        : t("call.quality.otherLost", { name });
    return <Word quality={theirs.quality} words={words} way={worseWay(state, user_id)} />;
  }
  if (quality === null) return null;
  const words = quality === "poor" ? ownPoorWords(state) : t(`call.quality.${quality}`);
  return <Word quality={quality} words={words} way={worseWay(state, state.userId)} />;
}

interface WordProps {
  quality: Condition;
  words: string;
  /** Which way alone is that bad. */
  way: Direction | null;
}

/** A phone has room for one word beside the bars, and for an arrow. */
function Word({ quality, words, way }: WordProps) {
  const Icon = SIGNALS[quality];
  const Arrow = way === "up" ? ArrowUp : ArrowDown;
  return (
    <span
      className={classes(
        "flex min-w-0 items-center gap-1.5",
        (quality === "poor" || quality === "lost") && "text-stage-warning",
      )}
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      <span title={words} className="truncate max-sm:sr-only">
        {words}
      </span>
      <span aria-hidden className="flex items-center gap-1 sm:hidden">
        {t(`quality.${quality}`)}
        {quality === "poor" && way !== null && <Arrow className="size-4" />}
      </span>
    </span>
  );
}

export interface RecordingPauseProps {
  state: CallState;
  /** Takes back this user's request to be off the record. */
  onLift: () => void;
}

/** What a paused recording waits for, where that is somebody's to say. */
export function RecordingPause({ state, onLift }: RecordingPauseProps) {
  const off = isOffTheRecord(state);
  const words = off ? offWords(state) : pauseWords(state);
  if (words === null || (!off && isAsked(state))) return null; // the question itself says it
  return (
    <div className="mx-4 mb-3 flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 rounded-control bg-stage-raised px-4 py-2 text-sm font-medium text-stage-warning sm:mx-6 short:mb-1.5">
      <CirclePause aria-hidden className="size-4.5 shrink-0" />
      {/* Who went off the record is announced at once, by the Announcer. */}
      <p {...(!off && { role: "status" })} className="min-w-0 flex-1 basis-48 wrap-anywhere">
        {words}
      </p>
      {off && ownPart(state)?.off_the_record && (
        <Button variant="secondary" size="small" onPress={onLift}>
          {t("call.recording.off.lift")}
        </Button>
      )}
    </div>
  );
}

export interface TimeWarningProps {
  state: CallState;
  /** Lets the call last longer; none for whoever may not. */
  onExtend: ((minutes: number) => Promise<void>) | null;
}

const EXTENSION_MINUTES = 15;

/** From the server's warning on: how long the call may still last. */
export function TimeWarning({ state, onExtend }: TimeWarningProps) {
  const [pending, setPending] = useState(false);
  const now = useNow(state.endWarned);
  const count = minutesLeft(state, now);
  if (count === null) return null;
  return (
    <div className="mx-4 mb-3 flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 rounded-control bg-warning-subtle px-4 py-2 font-medium text-warning-ink sm:mx-6 short:mb-1.5 short:py-1">
      <Clock aria-hidden className="size-5 shrink-0" />
      <p role="status" className="min-w-0 flex-1 basis-40">
        {count === 0 ? t("call.endsSoon") : t("call.endsIn", { count })}
      </p>
      {onExtend !== null && (
        <Button
          variant="secondary"
          size="small"
          isPending={pending}
          onPress={() => {
            setPending(true);
            void onExtend(EXTENSION_MINUTES).finally(() => setPending(false));
          }}
        >
          {t("call.extend.button", { count: EXTENSION_MINUTES })}
        </Button>
      )}
    </div>
  );
}
