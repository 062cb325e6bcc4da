import { Camera, CameraOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { Switch } from "../../shared/ui/Switch";
import { canBlur, offerBlurring, useDevices } from "../call";
import { ConnectionTest } from "./ConnectionTest";
import { DeviceChoice } from "./DeviceChoice";
import { DeviceHelp } from "./DeviceHelp";
import { Level } from "./Level";
import { SpeakerTest } from "./SpeakerTest";
import { useOwnMedia } from "./useOwnMedia";
import { usePreferences } from "./usePreferences";

offerBlurring();

/**
 * Camera, microphone, speaker and connection, tried before a call. Nothing is opened before it is
 * asked for; what is chosen holds for calls.
 */
export function CheckIn() {
  const { devices, open, close, choose, blur, retry } = useOwnMedia();
  const [noBlur, setNoBlur] = useState(false);
  const { phase, camera, microphone, problems } = devices;
  const { preferences, prefer } = usePreferences();
  // Names are told once a permission was given, and not before.
  const known = useDevices(phase === "on", camera ?? microphone);
  const isOn = phase === "on";
  const blurBackground = async (blurs: boolean) => {
    prefer({ blurs });
    setNoBlur(false);
    if (await blur(blurs)) return;
    prefer({ blurs: false });
    setNoBlur(true);
  };
  return (
    <div className="flex flex-col gap-4">
      {camera ? <Mirror track={camera} /> : <Dark hasNone={isOn} />}
      {isOn && <DeviceHelp problems={problems} onRetry={retry} />}
      {microphone && <Level track={microphone} />}
      {isOn && (
        <div className="grid gap-4 sm:grid-cols-2">
          <DeviceChoice
            label={t("checkin.microphone")}
            devices={known.microphones}
            chosen={microphone?.getSettings().deviceId}
            onChoose={(device) => {
              prefer("microphone", device);
              choose("microphone", device);
            }}
          />
          <DeviceChoice
            label={t("checkin.camera")}
            devices={known.cameras}
            chosen={camera?.getSettings().deviceId}
            onChoose={(device) => {
              prefer("camera", device);
              choose("camera", device);
            }}
          />
        </div>
      )}
      {canBlur() && (
        <Switch
          label={t("checkin.blur")}
          description={t("checkin.blurText")}
          isSelected={preferences.blurs}
          onChange={(blurs) => void blurBackground(blurs)}
        />
      )}
      {noBlur && <Notice tone="care">{t("call.background.failed")}</Notice>}
      <Button
        variant="secondary"
        isPending={phase === "opening"}
        onPress={isOn ? close : () => void open()}
      >
        {t(isOn ? "checkin.stop" : phase === "opening" ? "checkin.starting" : "checkin.start")}
      </Button>
      <SpeakerTest
        speakers={known.speakers}
        chosen={preferences.speaker}
        onChoose={(device) => prefer("speaker", device)}
      />
      <ConnectionTest />
      <div className="flex flex-col gap-3">
        <Switch
          label={t("checkin.withMicrophone")}
          description={t("checkin.withMicrophoneText")}
          isSelected={preferences.withMicrophone}
          onChange={(withMicrophone) => prefer({ withMicrophone })}
        />
        <Switch
          label={t("checkin.withCamera")}
          description={t("checkin.withCameraText")}
          isSelected={preferences.withCamera}
          onChange={(withCamera) => prefer({ withCamera })}
        />
      </div>
    </div>
  );
}

function Dark({ hasNone }: { hasNone: boolean }) {
  const Icon = hasNone ? CameraOff : Camera;
  return (
    <div className="flex h-28 w-full flex-col items-center justify-center gap-2 rounded-control bg-subtle px-6 text-center text-muted">
      <Icon aria-hidden className="size-8" />
      {hasNone && t("checkin.noCamera")}
    </div>
  );
}

/** As one sees oneself in a mirror. */
function Mirror({ track }: { track: MediaStreamTrack }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = new MediaStream([track]);
  }, [track]);
  return (
    <video
      ref={video}
      autoPlay
      muted
      playsInline
      aria-label={t("checkin.preview")}
      className="aspect-video w-full -scale-x-100 rounded-control bg-stage object-cover"
    />
  );
}
