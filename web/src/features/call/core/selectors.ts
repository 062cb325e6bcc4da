/** What the pages ask of the state of a call. Pure. */

import type {
  Condition,
  Direction,
  Participant,
  PictureSize,
  Pictures,
  RecordingPhase,
  Side,
} from "../../../shared/api/signaling/messages";
import { ALL_PICTURES, type CallState, isOver, type Way } from "./state";

/** An emergency that nobody of the practice has taken on, and whose crisis is not over. */
export function isRaised({ emergency, endsAt }: CallState): boolean {
  return emergency !== null && emergency.acknowledgedBy === null && endsAt === null;
}

/** This user, as the server tells it; undefined before it has. */
export function ownPart({ participants, userId }: CallState): Participant | undefined {
  return participants.find(({ user_id }) => user_id === userId);
}

export function ownSide(state: CallState): Side | null {
  return ownPart(state)?.role ?? null;
}

/**
 * Whether the call is over for everybody when this user hangs up; of anybody else only they are
 * out.
 */
export function endsForAll(state: CallState): boolean {
  const side = ownSide(state);
  return side === null || side === "patient" || side === "provider";
}

/** Which devices this user may send from; before the server has told it, both. */
export function maySend(state: CallState): Record<"microphone" | "camera", boolean> {
  const { speak, camera } = ownPart(state)?.capabilities ?? { speak: true, camera: true };
  return { microphone: speak, camera: camera && !state.audioOnly };
}

/** How weak somebody's network is for pictures, and which way of it. */
export interface Weakness {
  readonly way: Way;
  readonly size: "small" | "none";
}

/** Null: it carries all of them, or its user wants none. The worse way counts. */
export function weakness(state: CallState, userId: string): Weakness | null {
  const { sound_only, sends, receives } = picturesOf(state, userId);
  if (sound_only) return null;
  const size = [sends, receives].includes("none") ? "none" : "small";
  if (sends === receives) return sends === "full" ? null : { way: "both", size };
  return { way: sends === size ? "up" : "down", size };
}

/** Whether a camera is on whose pictures somebody sends or receives, this way or either. */
export function hasPictures(state: CallState, userId: string, way: Way): boolean {
  const cameras = [
    ...(state.own.camera ? [state.userId] : []),
    ...company(state).flatMap(({ user_id, media }) => (media.camera ? [user_id] : [])),
  ];
  if (way === "both") return cameras.length > 0;
  return cameras.some((id) => (id === userId) === (way === "up"));
}

/** Of this user at once, of others as the server tells it. */
export function picturesOf(state: CallState, userId: string): Pictures {
  if (userId === state.userId) return state.pictures;
  return company(state).find(({ user_id }) => user_id === userId)?.pictures ?? ALL_PICTURES;
}

/** Whether somebody's camera arrives here, as far as networks and people want it to. */
export function showsCamera(
  state: CallState,
  { connected, media, pictures }: Participant,
): boolean {
  const { audioOnly, pictures: own } = state;
  const takes = !audioOnly && !own.sound_only && own.receives !== "none";
  return takes && connected && media.camera && !pictures.sound_only && pictures.sends !== "none";
}

/** Whether a shared screen arrives here. */
export function receivesScreen({ pictures }: CallState): boolean {
  return pictures.screen || (!pictures.sound_only && pictures.receives !== "none");
}

/**
 * The picture to send: no more than the own network carries, nor, without layers, than the others
 * can use. Who wants no pictures at all is no reason to send the rest, or the recording, small
 * ones.
 */
export function cameraSize(state: CallState): PictureSize {
  const { sends } = state.pictures;
  const watching = company(state).filter(
    ({ connected, pictures }) => connected && !pictures.sound_only,
  );
  const areWeak =
    watching.length > 0 && watching.every(({ pictures }) => pictures.receives !== "full");
  return sends === "full" && areWeak ? "small" : sends;
}

/** Everybody but this user, the invited included. */
export function others(state: CallState): readonly Participant[] {
  return state.participants.filter(({ user_id }) => user_id !== state.userId);
}

/** Everybody but this user whose place in the call is theirs, connected or not: who has a tile. */
export function company(state: CallState): readonly Participant[] {
  return others(state).filter(({ invited }) => !invited);
}

/** The other one of a call of two, while it rings as well. */
export function counterpart(state: CallState): Participant | null {
  return company(state)[0] ?? others(state)[0] ?? null;
}

/**
 * Whose decision about the recording is missing: nothing of anybody is recorded until they have
 * made it.
 */
export function undecided(state: CallState): readonly Participant[] {
  return state.recordingEnabled
    ? deciding(state).filter((each) => each.recording_consent === null)
    : [];
}

/** It runs, and whether it may be recorded is for this user to say, and not said. */
export function isAsked(state: CallState): boolean {
  const isUndecided = undecided(state).some(({ user_id }) => user_id === state.userId);
  return isUndecided && state.consent === null && isRecordable(state);
}

/** It runs, and is to be recorded if everybody agrees. */
export function isRecordable(state: CallState): boolean {
  return state.recordingEnabled && state.startedAt !== null;
}

/** Whoever asked to be off the record, and has not taken that back. */
export function offTheRecord({ participants }: CallState): readonly Participant[] {
  return participants.filter(({ off_the_record }) => off_the_record);
}

/** Nothing is recorded because somebody asked for it, as far as this page knows. */
export function isOffTheRecord(state: CallState): boolean {
  return state.recording.reason === "off_the_record" && recordingPhase(state) === "paused";
}

function deciding({ participants }: CallState): readonly Participant[] {
  return participants.filter(
    ({ capabilities, invited, required, joined, connected }) =>
      capabilities.recorded && !invited && (required || joined || connected),
  );
}

export function elapsedSeconds({ startedAt }: CallState, now: number): number | null {
  return startedAt === null ? null : Math.max(0, Math.floor((now - startedAt) / 1000));
}

/** Seconds, begun ones included, for which it rings at the patient's; null: it does not ring. */
export function ringSecondsLeft(state: CallState, now: number): number | null {
  if (!state.ringing || state.ringsUntil === null || state.hangingUp) return null;
  return Math.max(0, Math.ceil((state.ringsUntil - now) / 1000));
}

/**
 * Minutes left, once the server has warned; null before. To the nearest, so that a warning of one
 * minute says one, whatever the message took on its way: 0 is less than half a minute.
 */
export function minutesLeft({ endsAt, endWarned }: CallState, now: number): number | null {
  if (endsAt === null || !endWarned) return null;
  return Math.max(0, Math.round((endsAt - now) / 60_000));
}

/** There is a crisis: the call does not end by itself. */
export function isUnlimited({ startedAt, endsAt, emergency }: CallState): boolean {
  return startedAt !== null && endsAt === null && emergency !== null;
}

/** How well this user's own network carries the call; null while nobody knows. */
export function ownQuality(state: CallState): Condition | null {
  return isServerHeard(state) ? (state.quality[state.userId] ?? null) : null;
}

/** Which way alone of somebody's network makes it that bad. */
export function worseWay({ direction }: CallState, userId: string): Direction | null {
  return direction[userId] ?? null;
}

/** What the server says is news: it can be told, and media flow on this side. */
function isServerHeard({ socketOpen, media, stalled }: CallState): boolean {
  return socketOpen && media === "connected" && !stalled;
}

/** Picture and sound of somebody else are interrupted, while this side is well. */
export function isLost(state: CallState, { user_id, connected }: Participant): boolean {
  return isServerHeard(state) && connected && state.quality[user_id] === "lost";
}

/** Whoever of the others is the first not to be heard any more, or else to be heard badly. */
export function worstHeard(
  state: CallState,
): { person: Participant; quality: "lost" | "poor" } | null {
  for (const quality of ["lost", "poor"] as const) {
    const person = company(state).find(
      ({ user_id }) =>
        state.quality[user_id] === quality && (quality === "poor" || state.met.includes(user_id)),
    );
    if (person !== undefined) return { person, quality };
  }
  return null;
}

/** What the server does, as far as this page knows. A call that is not to be recorded never is. */
export function recordingPhase(state: CallState): RecordingPhase | "unknown" {
  const told = state.recording.state;
  // Once it has begun, what waits for a newcomer's decision goes on afterwards.
  const phase = told === "awaiting_consent" && state.wasRecorded ? "paused" : told;
  return phase !== "off" && (isServerAway(state) || isReconnecting(state)) ? "unknown" : phase;
}

/**
 * Why there can be no picture of somebody, though there is sound: whose browser lacks the video
 * formats.
 */
export function pictureProblem(
  state: CallState,
  { video_codecs: theirs }: Participant,
): "own" | "other" | null {
  const own = ownPart(state)?.video_codecs;
  if (own?.length === 0) return "own";
  if (!own || !theirs) return null;
  return theirs.some((codec) => own.includes(codec)) ? null : "other";
}

/** Picture and sound are interrupted on this side. */
export function isReconnecting(state: CallState): boolean {
  return !isOver(state) && (state.media === "reconnecting" || state.stalled);
}

/**
 * The socket is away while the media may well flow: what is switched meanwhile is told to the
 * others later.
 */
export function isServerAway(state: CallState): boolean {
  return !isOver(state) && state.phase !== "idle" && state.phase !== "joining" && !state.socketOpen;
}
