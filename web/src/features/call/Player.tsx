import { Volume2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { t } from "../../shared/i18n";
import { classes } from "../../shared/ui/classes";

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
  className?: string;
}

/**
 * Picture and sound of somebody else. Stays mounted while the camera is off, because the sound goes
 * through it.
 */
export function Player({ stream, name, speakerId, fit, visible, className }: PlayerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [blocked, setBlocked] = useState(false);
  const [upright, setUpright] = useState(false);

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream;
    if (stream === null) return;
    element.play().then(
      () => setBlocked(false),
      (error: unknown) =>
        setBlocked(error instanceof DOMException && error.name === "NotAllowedError"),
    );
  }, [stream]);

  useEffect(() => {
    if (speakerId !== undefined) void video.current?.setSinkId?.(speakerId).catch(() => undefined);
  }, [speakerId]);

  const play = () => void video.current?.play().then(() => setBlocked(false));
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
      {blocked && (
        <div className="absolute inset-0 grid place-items-center bg-stage/70 p-6 text-center">
          <div>
            <Button
              onPress={play}
              className="inline-flex min-h-14 max-w-full wrap-anywhere cursor-pointer items-center gap-3 rounded-full bg-accent px-7 text-lg font-semibold text-on-accent data-hovered:bg-accent-hover"
            >
              <Volume2 aria-hidden className="size-6" />
              {t("call.sound.blocked", { name })}
            </Button>
            <p className="mt-3 text-sm text-stage-ink">{t("call.sound.text")}</p>
          </div>
        </div>
      )}
    </div>
  );
}
