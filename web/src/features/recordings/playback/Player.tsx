import { FastForward, Maximize, Minimize, Pause, Play, Rewind } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { RecordingPart, Timeline } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { formatPosition } from "../../../shared/i18n/format";
import { Button, IconButton } from "../../../shared/ui/Button";
import { Notice } from "../../../shared/ui/Notice";
import { Spinner } from "../../../shared/ui/Spinner";
import { pressed, SKIP_MS } from "./keys";
import { Moments } from "./Moments";
import { follow } from "./media";
import { momentsOf, stopFrom, whenWords } from "./moments";
import { Seek } from "./Seek";
import { SpeedSelect } from "./SpeedSelect";
import { Stage } from "./Stage";
import type { Shown } from "./still";
import { beginningOf, type Gap, lanesOf, lengthOf } from "./timeline";
import { useFullScreen } from "./useFullScreen";
import { useTransport } from "./useTransport";
import { VolumeControl } from "./VolumeControl";
import { Watermark } from "./Watermark";

export interface PlayerProps {
  /** Of the whole recording, ms: what was lost of it is absent, not left out. */
  length: number;
  parts: readonly RecordingPart[];
  /** Where nothing was recorded of anybody. */
  gaps: readonly Gap[];
  timeline: Timeline;
  /** part_id → address that answers Range requests. */
  urls: Readonly<Record<string, string>>;
  /** Whose name is over the picture, who has asked to play it; of a copy nobody is known. */
  viewer?: string;
  /** Ask for new addresses: the permission to play has run out, or a file could not be read. */
  onReopen: () => void;
  /** Saves a still of what is shown; none, if its viewer may take nothing along. */
  still?: ((shown: Shown) => ReactNode) | undefined;
  /** Says why a file could not be read; null, if nobody knows. */
  explain?: (url: string) => Promise<string | null>;
}

/** Plays all parts of a recording side by side under one clock. */
export function Player(props: PlayerProps) {
  const { length, parts, gaps, timeline, urls, viewer, onReopen, still, explain } = props;
  const lanes = useMemo(() => lanesOf(parts), [parts]);
  const elements = useRef(new Map<string, HTMLVideoElement>());
  /** Why a file could not be read; empty as long as that is not known. */
  const [failed, setFailed] = useState<string | null>(null);
  const { state, position, play, pause, seek, setSpeed } = useTransport(
    Math.max(length, lengthOf(lanes)),
    beginningOf(lanes),
    useCallback((state, position) => follow(lanes, elements.current, state, position), [lanes]),
    viewer !== undefined,
  );
  const moments = useMemo(
    () => momentsOf(timeline, gaps, state.length),
    [timeline, gaps, state.length],
  );
  const [reached, setReached] = useState("");
  const step = (direction: 1 | -1) => {
    const stop = stopFrom(moments, position, direction);
    if (stop === undefined) return;
    seek(stop.at);
    setReached(t("moments.at", { words: stop.words, when: whenWords(stop) }));
  };
  const line = { lanes, gaps, timeline, moments, position, length: state.length, onSeek: seek };
  const toggle = state.playing ? pause : play;
  const cameras = lanes.filter((lane) => lane.source === "camera");
  const player = useRef<HTMLElement>(null);
  const { isFull, toggle: toggleFull } = useFullScreen(player);
  const main = useRef<HTMLButtonElement>(null);
  const pictures = useRef<HTMLDivElement>(null);
  const takeStill = useRef<(() => void) | null>(null);
  // What opened the player is gone.
  useEffect(() => {
    if (viewer !== undefined) main.current?.focus({ preventScroll: true });
  }, [viewer]);
  const hold = () => {
    pause();
    return state.playing ? play : () => undefined;
  };
  const stage = (
    <Stage
      ref={pictures}
      lanes={lanes}
      urls={urls}
      position={position}
      elements={elements.current}
      onFailed={(url) => {
        setFailed((why) => why ?? "");
        pause();
        void explain?.(url).then((why) => why && setFailed(why));
      }}
    />
  );

  return (
    <section
      ref={player}
      data-full={isFull || undefined}
      aria-label={t("player.label")}
      tabIndex={-1}
      onKeyDown={(event) =>
        pressed(event, {
          toggle,
          toggleFull,
          seek: (by) => seek(position + by),
          step,
          still: () => takeStill.current?.(),
        })
      }
      className="group/player overflow-clip rounded-card data-full:flex data-full:flex-col data-full:justify-center data-full:rounded-none bg-stage-surface text-stage-ink shadow-card outline-none"
    >
      {viewer === undefined ? stage : <Watermark name={viewer}>{stage}</Watermark>}
      {failed !== null && (
        <Notice
          tone="bad"
          className="mx-3"
          actions={
            <Button size="small" variant="secondary" onPress={onReopen}>
              {t("player.reopen")}
            </Button>
          }
        >
          {failed && <p>{failed}</p>}
          <p>{t("player.failed")}</p>
        </Notice>
      )}
      <div className="sticky bottom-0 z-10 bg-stage-surface px-4 pt-2 pb-[max(1rem,env(safe-area-inset-bottom))] sm:px-6 short:pt-0 short:pb-2">
        <Seek {...line} />
        <div className="mt-2 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <div className="flex items-center gap-1">
            <IconButton
              ref={main}
              aria-label={t(state.playing ? "player.pause" : "player.play")}
              onPress={toggle}
              tone="light"
            >
              {state.playing ? (
                <Pause aria-hidden className="size-5 fill-current" />
              ) : (
                <Play aria-hidden className="size-5 translate-x-px fill-current" />
              )}
            </IconButton>
            <IconButton
              aria-label={t("player.back")}
              onPress={() => seek(position - SKIP_MS)}
              tone="night"
            >
              <Rewind aria-hidden className="size-5" />
            </IconButton>
            <IconButton
              aria-label={t("player.forward")}
              onPress={() => seek(position + SKIP_MS)}
              tone="night"
            >
              <FastForward aria-hidden className="size-5" />
            </IconButton>
            <span className="ml-2 text-sm whitespace-nowrap text-stage-muted tabular-nums">
              {t("player.of", {
                position: formatPosition(position),
                total: formatPosition(state.length),
              })}
            </span>
            {still?.({ pictures, take: takeStill, position, hold })}
            <span role="status" className="ml-3 text-sm text-stage-muted">
              {state.waiting ? (
                <span className="flex items-center gap-2">
                  <Spinner />
                  {t("player.buffering")}
                </span>
              ) : (
                gaps.find(({ start, end }) => start <= position && position < end)?.words
              )}
            </span>
          </div>
          <div className="flex flex-wrap items-center gap-x-6 gap-y-1 max-sm:-ml-3">
            {cameras.map((lane) => (
              <VolumeControl
                key={lane.key}
                name={lane.name}
                parts={lane.segments}
                elements={elements.current}
              />
            ))}
            <SpeedSelect speed={state.speed} onChange={setSpeed} inside={player} />
            {toggleFull && (
              <IconButton
                aria-label={t(isFull ? "player.smaller" : "player.full")}
                onPress={toggleFull}
                tone="night"
              >
                {isFull ? (
                  <Minimize aria-hidden className="size-5" />
                ) : (
                  <Maximize aria-hidden className="size-5" />
                )}
              </IconButton>
            )}
          </div>
        </div>
      </div>
      <Moments {...line} onStep={step} />
      <p role="status" className="sr-only">
        {reached}
      </p>
    </section>
  );
}
