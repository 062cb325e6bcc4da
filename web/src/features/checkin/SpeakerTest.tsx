import { CircleCheck, Volume2 } from "lucide-react";
import { useRef, useState } from "react";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { find, type RememberedDevice } from "../call";
import { chime } from "./chime";
import { DeviceChoice } from "./DeviceChoice";

export interface SpeakerTestProps {
  /** Empty where the browser lets the system choose. */
  speakers: readonly MediaDeviceInfo[];
  chosen: RememberedDevice | null;
  onChoose: (speaker: MediaDeviceInfo) => void;
}

type Answer = "unasked" | "playing" | "asked" | "heard" | "unheard" | "failed";

const canChoose =
  typeof HTMLMediaElement !== "undefined" && "setSinkId" in HTMLMediaElement.prototype;

/** Plays a sound where the call will sound, and asks whether it was heard. */
export function SpeakerTest({ speakers, chosen, onChoose }: SpeakerTestProps) {
  const [answer, setAnswer] = useState<Answer>("unasked");
  const speakerId = find(chosen, speakers)?.deviceId;
  const button = useRef<HTMLDivElement>(null);
  const test = (speaker = speakerId) => {
    setAnswer("playing");
    play(speaker ?? "").then(
      () => setAnswer((now) => (now === "playing" ? "asked" : now)),
      () => setAnswer("failed"),
    );
  };
  const choose = (speaker: MediaDeviceInfo) => {
    onChoose(speaker);
    if (answer !== "unasked") test(speaker.deviceId);
  };
  /** What was pressed is gone. */
  const goOn = () => button.current?.querySelector("button")?.focus();
  const say = (heard: boolean) => {
    goOn();
    setAnswer(heard ? "heard" : "unheard");
  };
  const other = canChoose ? next(speakers, speakerId) : undefined;
  const asked = answer === "asked" || answer === "playing";
  return (
    <div className="flex flex-col gap-3">
      {canChoose && (
        <DeviceChoice
          label={t("checkin.speaker")}
          devices={speakers}
          chosen={speakerId ?? speakers[0]?.deviceId}
          onChoose={choose}
        />
      )}
      <div ref={button} className="flex flex-col">
        <Button variant="secondary" onPress={() => test()}>
          <Volume2 aria-hidden className="size-5" />
          {t(answer === "unheard" ? "checkin.sound.again" : "checkin.sound.play")}
        </Button>
      </div>
      <div role="status">
        {asked && (
          <div className="flex flex-wrap items-center gap-3">
            <p className="min-w-0 flex-1 basis-40">{t("checkin.sound.question")}</p>
            <Button variant="secondary" size="small" onPress={() => say(true)}>
              {t("checkin.sound.yes")}
            </Button>
            <Button variant="secondary" size="small" onPress={() => say(false)}>
              {t("checkin.sound.no")}
            </Button>
          </div>
        )}
        {answer === "heard" && (
          <p className="flex items-center gap-2 font-medium text-accent-ink">
            <CircleCheck aria-hidden className="size-4" />
            {t("checkin.sound.heard")}
          </p>
        )}
      </div>
      {(answer === "unheard" || answer === "failed") && (
        <Notice
          tone="care"
          actions={
            other && (
              <Button
                variant="secondary"
                size="small"
                onPress={() => {
                  goOn();
                  choose(other);
                }}
              >
                {t("checkin.sound.other", { label: other.label })}
              </Button>
            )
          }
        >
          {t(`checkin.sound.${answer}`)}
          {canChoose && speakers.length === 0 && ` ${t("checkin.sound.unknown")}`}
        </Notice>
      )}
    </div>
  );
}

/** The speaker to try after this one. */
function next(
  speakers: readonly MediaDeviceInfo[],
  speakerId: string | undefined,
): MediaDeviceInfo | undefined {
  const at = speakers.findIndex(({ deviceId }) => deviceId === speakerId);
  return speakers.length > 1 ? speakers[(Math.max(at, 0) + 1) % speakers.length] : undefined;
}

/** Resolves when it has sounded. */
async function play(speakerId: string): Promise<void> {
  const address = URL.createObjectURL(new Blob([chime()], { type: "audio/wav" }));
  const sound = new Audio(address);
  try {
    if (speakerId !== "") await sound.setSinkId?.(speakerId);
    const over = new Promise((done) => sound.addEventListener("ended", done, { once: true }));
    await sound.play();
    await over;
  } finally {
    URL.revokeObjectURL(address);
  }
}
