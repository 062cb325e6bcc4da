import { FastForward, Pause, Play, Rewind } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import type { RecordingPart } from "../api/schema";
import { Button, IconButton } from "../components/Button";
import { Notice } from "../components/Notice";
import { Spinner } from "../components/Spinner";
import { t } from "../i18n";
import { formatPosition } from "../i18n/format";
import { follow } from "./media";
import { Seek } from "./Seek";
import { SpeedSelect } from "./SpeedSelect";
import { Tile } from "./Tile";
import { beginningOf, lanesOf, lengthOf, segmentAt } from "./timeline";
import { useTransport } from "./useTransport";
import { VolumeControl } from "./VolumeControl";

const SKIP_MS = 10_000;

export interface PlayerProps {
  parts: readonly RecordingPart[];
  /** part_id → address that answers Range requests. */
  urls: Readonly<Record<string, string>>;
  /** Ask for new addresses: the permission to play has run out, or a file could not be read. */
  onReopen: () => void;
}

/** Plays all parts of a recording side by side under one clock. */
export function Player({ parts, urls, onReopen }: PlayerProps) {
  const lanes = useMemo(() => lanesOf(parts), [parts]);
  const elements = useRef(new Map<string, HTMLMediaElement>());
  const [failed, setFailed] = useState(false);
  const { state, position, play, pause, seek, setSpeed } = useTransport(
    lengthOf(lanes),
    beginningOf(lanes),
    useCallback((state, position) => follow(lanes, elements.current, state, position), [lanes]),
  );
  const toggle = state.playing ? pause : play;
  const cameras = lanes.filter((lane) => lane.source === "camera");
  const screens = lanes.filter((lane) => lane.source === "screen");

  return (
    <section
      aria-label={t("player.label")}
      className="overflow-hidden rounded-card bg-night-900 text-night-100 shadow-card"
    >
      {screens.map((lane) => (
        <div key={lane.key} className="p-2 pb-0 sm:p-3 sm:pb-0" hidden={!segmentAt(lane, position)}>
          <Tile
            lane={lane}
            urls={urls}
            position={position}
            elements={elements.current}
            onFailed={() => setFailed(true)}
          />
        </div>
      ))}
      <div className="grid gap-2 p-2 sm:grid-cols-2 sm:gap-3 sm:p-3">
        {cameras.map((lane) => (
          <Tile
            key={lane.key}
            lane={lane}
            urls={urls}
            position={position}
            elements={elements.current}
            onFailed={() => setFailed(true)}
          />
        ))}
      </div>
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
      <div className="px-4 pt-2 pb-4 sm:px-6">
        <Seek lanes={lanes} position={position} length={state.length} onSeek={seek} />
        <div className="mt-2 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <div className="flex items-center gap-1">
            <IconButton
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
            <IconButton aria-label={t("player.back")} onPress={() => seek(position - SKIP_MS)} tone="night">
              <Rewind aria-hidden className="size-5" />
            </IconButton>
            <IconButton
              aria-label={t("player.forward")}
              onPress={() => seek(position + SKIP_MS)}
              tone="night"
            >
              <FastForward aria-hidden className="size-5" />
            </IconButton>
            <span className="ml-2 text-sm text-night-300 tabular-nums">
              {t("player.of", { position: formatPosition(position), total: formatPosition(state.length) })}
            </span>
            <span role="status" className="ml-3 text-sm text-night-300">
              {state.waiting && (
                <span className="flex items-center gap-2">
                  <Spinner />
                  {t("player.buffering")}
                </span>
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
