/** Why there is no picture of somebody, in words. */

import type { MediaState, Participant } from "../../shared/api/signaling/messages";
import { type MessageKey, t } from "../../shared/i18n";
import { isLost, pictureProblem } from "./core/selectors";
import type { CallState } from "./core/state";

export interface Situation {
  title: string;
  text: string;
  ringing: boolean;
}

/** Of the only other one: what one waits for, or who it is. */
export function situation(state: CallState, other: Participant | null, name: string): Situation {
  const say = (
    key: "joining" | "ringing" | "waiting" | "connecting" | "arriving" | "away" | "incompatible",
    ringing = false,
  ) => ({
    title: t(`call.${key}.title`, { name }),
    text: t(`call.${key}.text`, { name }),
    ringing,
  });
  if (state.phase === "idle" || state.phase === "joining") return say("joining");
  if (state.incompatible) return say("incompatible");
  if (state.ringing) return say("ringing", true);
  if (state.media !== "connected") return say("connecting");
  if (other?.connected !== true) return say(absence(state, other));
  return { title: name, text: withoutPicture(state, other, name), ringing: false };
}

function withoutPicture(state: CallState, other: Participant, name: string): string {
  if (state.audioOnly) return t("call.state.audioOnly");
  const without = unusedPictures(state, other);
  if (without !== null) return without;
  const problem = pictureProblem(state, other);
  if (problem !== null) return t(`call.state.noVideoFormat.${problem}`, { name });
  return t(hasNoCamera(other) ? "call.state.unseen" : "call.state.cameraOff");
}

/** That one of the two has no use for a picture, or no network that carries it. */
function unusedPictures({ pictures: own }: CallState, other: Participant): string | null {
  const { media, pictures: theirs } = other;
  if (theirs.sound_only) return t("call.pictures.otherSoundOnly");
  if (own.sound_only) return t("call.pictures.soundOnly");
  if (!media.camera) return null;
  if (theirs.sends === "none") return t("call.pictures.otherOff");
  return own.receives === "none" ? t("call.pictures.notReceived") : null;
}

function hasNoCamera({ media }: Participant): boolean {
  return media.unavailable?.includes("camera") === true;
}

/**
 * Why nothing of the other side is here: it was interrupted, is on its way, or has not come yet.
 */
function absence({ met }: CallState, other: Participant | null): "away" | "arriving" | "waiting" {
  if (other !== null && met.includes(other.user_id)) return "away";
  return other?.joined === true ? "arriving" : "waiting";
}

/**
 * Of one among several, in as many words as a tile has room for; null: there is a picture, or would
 * be.
 */
export function tileWords(state: CallState, person: Participant): string | null {
  if (!person.connected) return t(`call.tile.${absence(state, person)}`);
  if (isLost(state, person)) return t("call.tile.away");
  if (person.capabilities.camera === false) return t("call.tile.watching");
  if (state.audioOnly) return t("call.state.audioOnly");
  const without = unusedPictures(state, person);
  if (without !== null) return without;
  if (pictureProblem(state, person) !== null) return t("call.tile.noPicture");
  if (person.media.camera) return null;
  return t(hasNoCamera(person) ? "call.tile.noCamera" : "call.state.cameraOff");
}

/**
 * Muted on purpose, or nothing to speak into: the other side can do something about one of them
 * only.
 */
export function silence(media: MediaState): MessageKey {
  return media.unavailable?.includes("microphone") ? "call.state.unheard" : "call.state.muted";
}
