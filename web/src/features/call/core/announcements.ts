/**
 * What a screen reader is told when the call changes: the difference of two states as a list of
 * facts. Pure.
 */

import type { Absentee, MediaState, RecordingPhase } from "../../../shared/api/signaling/messages";
import {
  company,
  isAsked,
  isLost,
  isOffTheRecord,
  isReconnecting,
  offTheRecord,
  others,
  ownQuality,
  recordingPhase,
  weakness,
} from "./selectors";
import type { CallState } from "./state";

export type Announcement =
  | {
      readonly what:
        | "waiting"
        | "ringing"
        | "ring_ends_soon"
        | "reconnecting"
        | "reconnected"
        | "blocked"
        | "ended"
        | "replaced"
        | "emergency"
        | "warning"
        | "extended"
        | "declined"
        | "withdrawn"
        | "earlier"
        | "off_the_record"
        | "asked"
        | "device_moved"
        | "sound_only"
        | "pictures_again"
        | "regained";
    }
  | { readonly what: "muted" | "unmuted" | "camera_on" | "camera_off" | "sharing" | "not_sharing" }
  | {
      readonly what:
        | "joined"
        | "left"
        | "gone"
        | "invited"
        | "other_lost"
        | "other_muted"
        | "other_unmuted"
        | "other_unheard"
        | "other_unseen"
        | "other_camera_on"
        | "other_camera_off"
        | "other_sound_only"
        | "other_pictures_again"
        | "other_sharing"
        | "other_not_sharing";
      readonly name: string;
    }
  /** Why somebody who was invited is not there; null: this page is not told. */
  | { readonly what: "not_coming"; readonly name: string; readonly why: Absentee["reason"] | null }
  | { readonly what: "recording"; readonly state: RecordingPhase | "unknown" }
  /** Somebody's network carries more or fewer pictures than before, and not all. */
  | { readonly what: "weak"; readonly userId: string }
  | { readonly what: "quality" };

/** In the order of their importance; several at once are read one after the other. */
export function announcements(before: CallState, now: CallState): Announcement[] {
  return [
    ...phases(before, now),
    ...recording(before, now),
    ...connection(before, now),
    ...pictures(before, now),
    ...own(before, now),
    ...people(before, now),
  ];
}

function phases(before: CallState, now: CallState): Announcement[] {
  const said: Announcement[] = [];
  if (now.emergency !== null && before.emergency === null) said.push({ what: "emergency" });
  if (now.endWarned && !before.endWarned) said.push({ what: "warning" });
  if (now.extendedBy > before.extendedBy) said.push({ what: "extended" });
  if (now.ringing && !before.ringing) said.push({ what: "ringing" });
  if (now.ringEndsSoon && !before.ringEndsSoon) said.push({ what: "ring_ends_soon" });
  if (now.phase === before.phase) return said;
  if (now.phase === "ended" || now.phase === "replaced") said.push({ what: now.phase });
  if (now.phase === "waiting" && before.phase === "joining" && !now.ringing)
    said.push({ what: "waiting" });
  return said;
}

function recording(before: CallState, now: CallState): Announcement[] {
  const { state } = now.recording;
  const unchanged = state === before.recording.state;
  if (isAsked(now)) return isAsked(before) ? [] : [{ what: "asked" }];
  const said = now.consentChange;
  if (said !== null && said !== "given" && state === "stopped" && !unchanged)
    return [{ what: said }];
  if (before.recording.earlier === "erasing" && now.recording.earlier !== "erasing")
    return [{ what: "earlier" }];
  if (isOffTheRecord(now))
    return asking(before) === asking(now) ? [] : [{ what: "off_the_record" }];
  const phase = recordingPhase(now);
  if (isOffTheRecord(before) && phase !== "unknown") return [{ what: "recording", state: phase }];
  return phase === recordingPhase(before) || now.phase === "ended"
    ? []
    : [{ what: "recording", state: phase }];
}

/** By whose request it is off the record; null: it is not. */
function asking(state: CallState): string | null {
  if (!isOffTheRecord(state)) return null;
  return offTheRecord(state)
    .map(({ user_id }) => user_id)
    .join(" ");
}

function connection(before: CallState, now: CallState): Announcement[] {
  if (now.blocked && !before.blocked) return [{ what: "blocked" }];
  const [was, is] = [isReconnecting(before), isReconnecting(now)];
  if (is && !was) return [{ what: "reconnecting" }];
  if (was && !is && now.phase !== "ended") return [{ what: "reconnected" }];
  const lost = others(now).filter((person) => isLost(now, person) && !isLost(before, person));
  if (lost.length > 0) return lost.map(({ name }) => ({ what: "other_lost", name }));
  return isBad(now) && !isBad(before) ? [{ what: "quality" }] : [];
}

function pictures(before: CallState, now: CallState): Announcement[] {
  if (before.phase === "idle" || now.phase === "ended") return [];
  const said: Announcement[] = [];
  const soundOnly = now.pictures.sound_only;
  if (soundOnly !== before.pictures.sound_only)
    said.push({ what: soundOnly ? "sound_only" : "pictures_again" });
  for (const userId of [now.userId, ...company(now).map(({ user_id }) => user_id)]) {
    const [was, is] = [weakness(before, userId), weakness(now, userId)];
    if (is !== null && (is.way !== was?.way || is.size !== was.size))
      said.push({ what: "weak", userId });
  }
  if (now.regained !== null && now.regained !== before.regained) said.push({ what: "regained" });
  return said;
}

function isBad(state: CallState): boolean {
  const quality = ownQuality(state);
  return quality === "poor" || quality === "lost";
}

function own(earlier: CallState, later: CallState): Announcement[] {
  if (earlier.phase === "idle") return [];
  const [before, now] = [earlier.own, later.own];
  const moved = later.deviceMove !== null && later.deviceMove !== earlier.deviceMove;
  const said: Announcement[] = [];
  if (moved) said.push({ what: "device_moved" });
  if (now.microphone !== before.microphone)
    said.push({ what: now.microphone ? "unmuted" : "muted" });
  if (now.camera !== before.camera && !later.pictures.sound_only)
    said.push({ what: now.camera ? "camera_on" : "camera_off" });
  if (now.screen !== before.screen) said.push({ what: now.screen ? "sharing" : "not_sharing" });
  return said;
}

function people(before: CallState, now: CallState): Announcement[] {
  return [...gone(before, now), ...present(before, now)];
}

/**
 * Whoever is not of this call any more: their place is gone, or the invitation that they did not
 * take.
 */
function gone(before: CallState, now: CallState): Announcement[] {
  if (now.phase === "ended") return [];
  const stays = new Set(others(now).map(({ user_id }) => user_id));
  return others(before)
    .filter(({ user_id }) => !stays.has(user_id))
    .map(({ user_id, name, invited }) => {
      if (!invited) return { what: "gone", name };
      const absentee = now.absentees.find((each) => each.user_id === user_id);
      return { what: "not_coming", name, why: absentee?.reason ?? null };
    });
}

function present(before: CallState, now: CallState): Announcement[] {
  return others(now).flatMap((person) => {
    const { name, media, connected } = person;
    const known = others(before).find(({ user_id }) => user_id === person.user_id);
    if (connected !== (known?.connected ?? false))
      return [{ what: connected ? "joined" : "left", name }];
    if (person.invited && known?.invited !== true && now.phase === "active")
      return [{ what: "invited", name }];
    if (known === undefined) return [];
    const said: Announcement[] = [];
    const was = known.media;
    if (media.microphone !== was.microphone) said.push({ what: spoken(media), name });
    const soundOnly = person.pictures.sound_only;
    if (soundOnly !== known.pictures.sound_only)
      said.push({ what: soundOnly ? "other_sound_only" : "other_pictures_again", name });
    else if (media.camera !== was.camera && !soundOnly) said.push({ what: shown(media), name });
    if (media.screen !== was.screen)
      said.push({ what: media.screen ? "other_sharing" : "other_not_sharing", name });
    return said;
  });
}

function spoken(media: MediaState): "other_unmuted" | "other_muted" | "other_unheard" {
  if (media.microphone) return "other_unmuted";
  return media.unavailable?.includes("microphone") ? "other_unheard" : "other_muted";
}

function shown(media: MediaState): "other_camera_on" | "other_camera_off" | "other_unseen" {
  if (media.camera) return "other_camera_on";
  return media.unavailable?.includes("camera") ? "other_unseen" : "other_camera_off";
}
