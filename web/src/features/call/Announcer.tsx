import { useEffect, useRef, useState } from "react";
import { t } from "../../shared/i18n";
import { type Announcement, announcements } from "./core/announcements";
import type { DeviceMove } from "./core/devices";
import { ringSecondsLeft } from "./core/selectors";
import type { CallState } from "./core/state";
import { moveWords } from "./deviceWords";
import { consentWords, endingWords } from "./endings";
import { ownPoorWords, regainedWords, weaknessWords } from "./pictureWords";
import { earlierWords, offWords, providerName } from "./recordingWords";

export interface AnnouncerProps {
  state: CallState;
  isProvider: boolean;
  /** The other party's. */
  name: string;
  /** Of the speaker, which no state of the call knows. */
  speakerMove: DeviceMove | null;
}

/**
 * Tells screen readers every change of the call, politely; an emergency and the recording at once.
 *
 * Also while a dialog is open: react-aria keeps what is a `data-live-announcer` when it hides all
 * else.
 */
export function Announcer({ state, isProvider, name, speakerMove }: AnnouncerProps) {
  const before = useRef(state);
  const [polite, setPolite] = useState("");
  const [urgent, setUrgent] = useState("");

  useEffect(() => {
    const said = announcements(before.current, state);
    before.current = state;
    const words = (announcement: Announcement) => sentence(announcement, state, isProvider, name);
    const now = said.filter(isUrgent).map(words).join(" ");
    const later = said
      .filter((announcement) => !isUrgent(announcement))
      .map(words)
      .join(" ");
    if (now !== "") setUrgent(now);
    if (later !== "") setPolite(later);
  }, [state, isProvider, name]);

  useEffect(() => {
    if (speakerMove !== null) setPolite(moveWords(speakerMove));
  }, [speakerMove]);

  return (
    <div className="sr-only" data-live-announcer="true">
      <p aria-live="polite">{polite}</p>
      <p aria-live="assertive">{urgent}</p>
    </div>
  );
}

function isUrgent({ what }: Announcement): boolean {
  return (
    what === "emergency" ||
    what === "recording" ||
    what === "off_the_record" ||
    what === "asked" ||
    what === "withdrawn" ||
    what === "earlier" ||
    what === "declined"
  );
}

function sentence(
  announcement: Announcement,
  state: CallState,
  isProvider: boolean,
  other: string,
): string {
  if (announcement.what === "ended" && state.ended !== null)
    return endingWords(state, isProvider, other).title;
  if (announcement.what === "withdrawn" || announcement.what === "declined")
    return consentWords(state, announcement.what, isProvider, other);
  if (announcement.what === "device_moved")
    return state.deviceMove === null ? "" : moveWords(state.deviceMove);
  if (announcement.what === "quality") return ownPoorWords(state);
  if (announcement.what === "weak") return weaknessWords(state, announcement.userId) ?? "";
  if (announcement.what === "regained")
    return state.regained === null ? "" : regainedWords(state, state.regained);
  if (announcement.what === "earlier") return earlierWords(state);
  if (announcement.what === "off_the_record") return offWords(state);
  if (announcement.what === "recording") return t(`call.announce.recording_${announcement.state}`);
  if (announcement.what === "ringing" || announcement.what === "ring_ends_soon")
    return t(`call.announce.${announcement.what}`, {
      name: other,
      count: ringSecondsLeft(state, Date.now()) ?? 0,
    });
  if (announcement.what === "asked")
    return t("call.announce.asked", { name: providerName(state, other) });
  const name = "name" in announcement ? announcement.name : "";
  if (announcement.what === "not_coming" && announcement.why !== null)
    return t(`call.people.absent.${announcement.why}`, { name });
  return t(`call.announce.${announcement.what}`, { name });
}
