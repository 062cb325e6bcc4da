import { Camera } from "lucide-react";
import { useImperativeHandle, useState } from "react";
import { api } from "../../../shared/api/endpoints";
import { words } from "../../../shared/api/refusals";
import type { Playback } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { formatExactTime, formatPosition } from "../../../shared/i18n/format";
import { IconButton } from "../../../shared/ui/Button";
import { drawStill, type Shown, save } from "./still";

/** Of which recording, and within which playback, a still is taken. */
export interface StillOf {
  recordingId: string;
  grant: Playback;
  /** Of the recording, as a headline. */
  title: string;
  startedAt: string;
}

export interface StillButtonProps {
  of: StillOf;
  shown: Shown;
}

/** Saves the picture shown: it is in the log first, and says on it whose it is, and when. */
export function StillButton({ of, shown }: StillButtonProps) {
  const { pictures, take: byKey, position, hold } = shown;
  const [isPending, setPending] = useState(false);
  const [told, setTold] = useState("");
  const take = async () => {
    if (isPending || !pictures.current) return;
    setPending(true);
    setTold("");
    const goOn = hold();
    try {
      const text = await asked(of, Math.round(position));
      await save(drawStill(pictures.current, text), nameOf(of, position));
      setTold(t("player.stillSaved"));
    } catch (error) {
      setTold(words(error));
    } finally {
      goOn();
      setPending(false);
    }
  };
  useImperativeHandle(byKey, () => () => void take());
  return (
    <>
      <IconButton aria-label={t("player.still")} onPress={() => void take()} tone="night">
        <Camera aria-hidden className="size-5" />
      </IconButton>
      <span role="status" className="text-sm text-stage-muted">
        {told}
      </span>
    </>
  );
}

/** What stands on it, once it is in the log. */
async function asked({ recordingId, grant, title, startedAt }: StillOf, position: number) {
  const still = await api.takeStill(recordingId, {
    playback_id: grant.playback_id,
    position_ms: position,
  });
  const taken = formatExactTime(still.taken_at);
  const moment = new Date(Date.parse(startedAt) + position).toISOString();
  return {
    watermark: `${still.viewer_name} · ${taken}`,
    lines: [
      title,
      t("player.stillMoment", {
        moment: formatExactTime(moment),
        position: formatPosition(position),
      }),
      t("player.stillBy", { name: still.viewer_name, taken, id: recordingId }),
    ],
  };
}

/** When, and enough of the id to find it again: no name of a person, as of files. */
function nameOf({ recordingId, startedAt }: StillOf, position: number): string {
  const begun = startedAt.slice(0, 16).replace("T", "_").replace(":", "");
  const seconds = String(Math.floor(position / 1000)).padStart(5, "0");
  return `${begun}_still_${seconds}s_${recordingId.slice(0, 8)}.png`;
}
