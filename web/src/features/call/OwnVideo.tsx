import { SwitchCamera } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "react-aria-components";
import { t } from "../../shared/i18n";
import { classes } from "../../shared/ui/classes";
import { looksAway } from "./core/capture";
import { useDevices } from "./useDevices";

export interface OwnVideoProps {
  stream: MediaStream | null;
  camera: boolean;
  /** To the camera at the other side of the phone. */
  onFlip: () => void;
}

/** The own picture: as in a mirror, unless the camera looks at what the user sees as well. */
export function OwnVideo({ stream, camera, onFlip }: OwnVideoProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = stream;
  }, [stream]);
  const isMirror = !looksAway(stream?.getVideoTracks()[0]);
  return (
    <>
      <video
        ref={video}
        autoPlay
        playsInline
        muted
        aria-label={t("call.you")}
        className={classes(
          "size-full object-cover",
          isMirror && "-scale-x-100",
          !camera && "invisible",
        )}
      />
      {camera && <FlipButton onFlip={onFlip} />}
    </>
  );
}

/** A finger, and so most likely a phone. */
const COARSE = "(pointer: coarse)";

function FlipButton({ onFlip }: Pick<OwnVideoProps, "onFlip">) {
  const isHandheld = matchMedia(COARSE).matches;
  const { cameras } = useDevices(isHandheld);
  if (!isHandheld || cameras.length < 2) return null;
  return (
    <Button
      onPress={onFlip}
      aria-label={t("call.controls.flipCamera")}
      className="absolute top-2 left-2 grid size-11 cursor-pointer place-items-center rounded-full bg-stage/60 text-stage-strong data-focus-visible:outline-2 data-focus-visible:outline-stage-accent"
    >
      <SwitchCamera aria-hidden className="size-5" />
    </Button>
  );
}
