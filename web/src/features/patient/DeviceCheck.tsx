import { Camera, CameraOff, CircleCheck, Mic } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { type MessageKey, t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Card } from "../../shared/ui/Card";
import { classes } from "../../shared/ui/classes";
import { Notice } from "../../shared/ui/Notice";
import { deviceProblem, meter, openDevices } from "./devices";

type Check =
  | { state: "off" | "opening" }
  | { state: "on"; stream: MediaStream }
  | { state: "failed"; why: MessageKey };

/**
 * Shows the user their own picture and level. The devices are let go when it is stopped or the page
 * is left.
 */
export function DeviceCheck({ className }: { className?: string }) {
  const [check, setCheck] = useState<Check>({ state: "off" });
  const stream = check.state === "on" ? check.stream : null;
  useEffect(() => () => release(stream), [stream]);

  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const start = () => {
    setCheck({ state: "opening" });
    openDevices().then(
      (opened) => (here.current ? setCheck({ state: "on", stream: opened }) : release(opened)),
      (error: unknown) => setCheck({ state: "failed", why: deviceProblem(error) }),
    );
  };

  return (
    <Card className={classes("p-5 sm:p-6", className)}>
      <h2 className="text-lg font-bold tracking-tight">{t("deviceCheck.title")}</h2>
      <p className="mt-1 text-[0.9375rem] text-muted">{t("deviceCheck.text")}</p>
      {stream ? <Preview stream={stream} /> : <Dark />}
      {check.state === "failed" && (
        <Notice tone="care" className="mt-4">
          {t(check.why)}
        </Notice>
      )}
      <Button
        variant="secondary"
        className="mt-4 w-full"
        isPending={check.state === "opening"}
        onPress={stream ? () => setCheck({ state: "off" }) : start}
      >
        {t(
          stream
            ? "deviceCheck.stop"
            : check.state === "opening"
              ? "deviceCheck.starting"
              : "deviceCheck.start",
        )}
      </Button>
    </Card>
  );
}

function release(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

function Dark() {
  return (
    <div className="mt-4 flex aspect-video items-center justify-center rounded-control bg-subtle text-faint">
      <Camera aria-hidden className="size-8" />
    </div>
  );
}

/** From this loudness on it was a voice, not the room. */
const HEARD = 0.4;

function Preview({ stream }: { stream: MediaStream }) {
  const [level, setLevel] = useState(0);
  const [heard, setHeard] = useState(false);
  const hasCamera = stream.getVideoTracks().length > 0;
  useEffect(
    () =>
      meter(stream, (level) => {
        setLevel(level);
        if (level > HEARD) setHeard(true);
      }),
    [stream],
  );
  return (
    <>
      {hasCamera ? (
        <Mirror stream={stream} />
      ) : (
        <div className="mt-4 flex aspect-video flex-col items-center justify-center gap-2 rounded-control bg-subtle px-6 text-center text-muted">
          <CameraOff aria-hidden className="size-8" />
          {t("deviceCheck.noCamera")}
        </div>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: <meter> looks different in each browser */}
      <div
        role="meter"
        aria-label={t("deviceCheck.level")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(level * 100)}
        className="drawn mt-4 h-2 overflow-hidden rounded-full bg-subtle"
      >
        <div
          className="h-full origin-left rounded-full bg-success transition-transform duration-75"
          style={{ transform: `scaleX(${level})` }}
        />
      </div>
      <div role="status" className="mt-3 flex flex-col gap-1.5 text-[0.9375rem]">
        {hasCamera && <Result done>{t("deviceCheck.seen")}</Result>}
        <Result done={heard}>{t(heard ? "deviceCheck.heard" : "deviceCheck.speak")}</Result>
      </div>
    </>
  );
}

function Mirror({ stream }: { stream: MediaStream }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return (
    <video
      ref={video}
      autoPlay
      muted
      playsInline
      aria-label={t("deviceCheck.preview")}
      className="mt-4 aspect-video w-full -scale-x-100 rounded-control bg-stage object-cover"
    />
  );
}

function Result({ done, children }: { done: boolean; children: ReactNode }) {
  const Icon = done ? CircleCheck : Mic;
  return (
    <p
      className={classes(
        "flex items-center gap-2",
        done ? "font-medium text-accent-ink" : "text-muted",
      )}
    >
      <Icon aria-hidden className="size-4" />
      {children}
    </p>
  );
}
