import { FastForward, Pause, Play, Rewind } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { RecordingPart } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { formatPosition } from "../../../shared/i18n/format";
import { Button, IconButton } from "../../../shared/ui/Button";
import { Notice } from "../../../shared/ui/Notice";
import { Spinner } from "../../../shared/ui/Spinner";
import { pressed, SKIP_MS } from "./keys";
import { follow } from "./media";
import { Seek } from "./Seek";
import { SpeedSelect } from "./SpeedSelect";
import { Stage } from "./Stage";
import { beginningOf, type Gap, lanesOf, lengthOf } from "./timeline";
import { useTransport } from "./useTransport";
import { VolumeControl } from "./VolumeControl";
import { Watermark } from "./Watermark";

export interface PlayerProps {
  /** Of the whole recording, ms: what was lost of it is absent, not left out. */
  length: number;
  parts: readonly RecordingPart[];
  /** Where nothing was recorded of anybody. */
  gaps: readonly Gap[];
  /** part_id → address that answers Range requests. */
  urls: Readonly<Record<string, string>>;
  /** Whose name is over the picture. */
  viewer: string;
  /** Ask for new addresses: the permission to play has run out, or a file could not be read. */
  onReopen: () => void;
}

/** Plays all parts of a recording side by side under one clock. */
export function Player({ length, parts, gaps, urls, viewer, onReopen }: PlayerProps) {
  const lanes = useMemo(() => lanesOf(parts), [parts]);
  const elements = useRef(new Map<string, HTMLVideoElement>());
  const [failed, setFailed] = useState(false);
  const { state, position, play, pause, seek, setSpeed } = useTransport(
    Math.max(length, lengthOf(lanes)),
    beginningOf(lanes),
    useCallback((state, position) => follow(lanes, elements.current, state, position), [lanes]),
  );
  const toggle = state.playing ? pause : play;
  const cameras = lanes.filter((lane) => lane.source === "camera");
  const main = useRef<HTMLButtonElement>(null);
  // What opened the player is gone.
  useEffect(() => main.current?.focus({ preventScroll: true }), []);

  return (
    <section
      aria-label={t("player.label")}
      tabIndex={-1}
      onKeyDown={(event) => pressed(event, { toggle, seek: (by) => seek(position + by) })}
      className="overflow-clip rounded-card bg-stage-surface text-stage-ink shadow-card outline-none"
    >
      <Watermark name={viewer}>
        <Stage
          lanes={lanes}
          urls={urls}
          position={position}
          elements={elements.current}
          onFailed={() => {
            setFailed(true);
            pause();
          }}
        />
      </Watermark>
      {failed && (
        <Notice
          tone="bad"
          className="mx-3"
          actions={
            <Button size="small" variant="secondary" onPress={onReopen}>
              {t("player.reopen")}
            </Button>
          }
        >
          {t("player.failed")}
        </Notice>
      )}
      <div className="sticky bottom-0 z-10 bg-stage-surface px-4 pt-2 pb-[max(1rem,env(safe-area-inset-bottom))] sm:px-6 short:pt-0 short:pb-2">
        <Seek lanes={lanes} gaps={gaps} position={position} length={state.length} onSeek={seek} />
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
            <SpeedSelect speed={state.speed} onChange={setSpeed} />
          </div>
        </div>
      </div>
    </section>
  );
}
