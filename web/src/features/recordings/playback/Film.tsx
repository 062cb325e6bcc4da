import { useMemo, useRef, useState } from "react";
import { Moments } from "./Moments";
import { momentsOf, stopFrom } from "./moments";
import type { PlayerProps } from "./Player";
import { Track } from "./Track";
import { lanesOf } from "./timeline";

export interface FilmProps extends Pick<PlayerProps, "length" | "parts" | "gaps" | "timeline"> {
  url: string;
  label: string;
}

/** One film of the whole recording, by the browser's own controls, and its time line. */
export function Film({ url, label, length, parts, gaps, timeline }: FilmProps) {
  const film = useRef<HTMLVideoElement>(null);
  const [position, setPosition] = useState(0);
  const lanes = useMemo(() => lanesOf(parts), [parts]);
  const moments = useMemo(() => momentsOf(timeline, gaps, length), [timeline, gaps, length]);
  const onSeek = (to: number) => {
    if (film.current) film.current.currentTime = to / 1000;
  };
  const onStep = (direction: 1 | -1) => {
    // Told a few times a second only, the position that is shown may be from before the last step.
    const now = (film.current?.currentTime ?? 0) * 1000;
    const stop = stopFrom(moments, now, direction);
    if (stop) onSeek(stop.at);
  };
  const line = { lanes, gaps, timeline, moments, length, onSeek };
  return (
    <section
      aria-label={label}
      className="overflow-clip rounded-card bg-stage-surface text-stage-ink shadow-card"
    >
      {/* biome-ignore lint/a11y/useMediaCaption: a recorded consultation has no captions */}
      <video
        ref={film}
        src={url}
        controls
        aria-label={label}
        onTimeUpdate={({ currentTarget }) => setPosition(currentTarget.currentTime * 1000)}
        className="max-h-[75dvh] w-full bg-stage"
      />
      <div className="px-4 pt-2 pb-3 sm:px-6">
        <Track {...line} />
      </div>
      <Moments {...line} position={position} onStep={onStep} />
    </section>
  );
}
