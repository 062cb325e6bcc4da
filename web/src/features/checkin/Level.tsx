import { CircleCheck, Mic } from "lucide-react";
import { useEffect, useState } from "react";
import { t } from "../../shared/i18n";
import { classes } from "../../shared/ui/classes";
import { meter } from "../call";

/** From this loudness on it was a voice, not the room. */
const HEARD = 0.4;

/** How loud the own microphone is, and whether a voice was heard. */
export function Level({ track }: { track: MediaStreamTrack }) {
  const [level, setLevel] = useState(0);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    setHeard(false);
    return meter(track, (level) => {
      setLevel(level);
      if (level > HEARD) setHeard(true);
    });
  }, [track]);
  const Icon = heard ? CircleCheck : Mic;
  return (
    <div>
      {/* biome-ignore lint/a11y/useSemanticElements: <meter> looks different in each browser */}
      <div
        role="meter"
        aria-label={t("checkin.level")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(level * 100)}
        className="drawn h-2 overflow-hidden rounded-full bg-subtle"
      >
        <div
          className="h-full origin-left rounded-full bg-success transition-transform duration-75"
          style={{ transform: `scaleX(${level})` }}
        />
      </div>
      <p
        role="status"
        className={classes(
          "mt-2 flex items-center gap-2 text-[0.9375rem]",
          heard ? "font-medium text-accent-ink" : "text-muted",
        )}
      >
        <Icon aria-hidden className="size-4" />
        {t(heard ? "checkin.heard" : "checkin.speak")}
      </p>
    </div>
  );
}
