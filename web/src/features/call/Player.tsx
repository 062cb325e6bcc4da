import { useEffect, useRef, useState } from "react";
import { classes } from "../../shared/ui/classes";
import { useSoundGate } from "./SoundGate";

export interface PlayerProps {
  stream: MediaStream | null;
  name: string;
  /** Where the sound goes; undefined: the system's choice. */
  speakerId?: string | undefined;
  /**
   * `cover` fills the frame unless that would hide most of the picture; `contain` shows all of it.
   */
  fit: "cover" | "contain";
  visible: boolean;
  /** 0 to 1. */
  volume?: number;
  className?: string;
}

/**
 * Picture and sound of somebody else. Stays mounted while the camera is off, because the sound goes
 * through it.
 */
export function Player({ stream, name, speakerId, fit, visible, ...props }: PlayerProps) {
  const { volume = 1, className } = props;
  const video = useRef<HTMLVideoElement>(null);
  const gate = useSoundGate();
  const [upright, setUpright] = useState(false);

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream;
    if (stream === null) return;
    element.muted = false; // as the stream before may have left it, and its button is gone
    element.play().catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === "NotAllowedError")) return;
      element.muted = true; // without a sound it may begin
      void element.play().catch(() => undefined);
      gate.blocked(element);
    });
    return () => gate.open(element);
  }, [stream, gate]);

  useEffect(() => {
    if (speakerId !== undefined) void video.current?.setSinkId?.(speakerId).catch(() => undefined);
  }, [speakerId]);

  useEffect(() => {
    if (video.current !== null) video.current.volume = volume;
  }, [volume]);

  return (
    <div className={classes("relative size-full overflow-hidden", className)}>
      {/* biome-ignore lint/a11y/useMediaCaption: a live conversation has no caption track */}
      <video
        ref={video}
        autoPlay
        playsInline
        aria-label={name}
        onResize={({ currentTarget }) =>
          setUpright(currentTarget.videoHeight > currentTarget.videoWidth)
        }
        className={classes(
          "size-full bg-stage-surface transition-opacity duration-300",
          fit === "contain"
            ? "object-contain"
            : upright
              ? "object-contain portrait:object-cover"
              : "object-cover",
          visible ? "opacity-100" : "opacity-0",
        )}
      />
    </div>
  );
}
