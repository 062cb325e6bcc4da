/**
 * How the call changes with what happens: from one state to the next. Pure; every event carries its
 * time.
 */

import type {
  Absentee,
  EndReason,
  MediaState,
  MessageOf,
  Participant,
  Pictures,
  RecordingPhase,
  RecordingState,
  ServerMessage,
} from "../../../shared/api/signaling/messages";
import { udpPort } from "./candidate";
import type { DeviceMove } from "./devices";
import type { CallErrorCode } from "./errors";
import {
  company,
  elapsedSeconds,
  endsForAll,
  hasPictures,
  isRaised,
  ownPart,
  ownSide,
  picturesOf,
  ringSecondsLeft,
  weakness,
} from "./selectors";
import {
  type CallState,
  type ConsentChange,
  type Decision,
  type Emergency,
  type Ended,
  emergencyOf,
  initialState,
  isOver,
  type MediaConnection,
} from "./state";

interface Joining {
  readonly type: "joining";
  readonly roomId: string;
  readonly userId: string;
  readonly audioOnly: boolean;
  /** What is on from the beginning; both, if nothing is said. */
  readonly starts?: { readonly microphone: boolean; readonly camera: boolean };
}

export type CallEvent = { readonly at: number } & (
  | Joining
  | { readonly type: "message"; readonly message: ServerMessage }
  | { readonly type: "socket"; readonly open: boolean }
  | { readonly type: "media"; readonly media: RTCPeerConnectionState }
  | { readonly type: "tick" }
  | { readonly type: "retry" }
  | { readonly type: "pictures"; readonly pictures: Partial<Pictures> }
  | { readonly type: "own_media"; readonly own: Partial<MediaState> }
  | {
      readonly type: "device";
      readonly kind: "microphone" | "camera";
      readonly code: CallErrorCode | null;
    }
  | { readonly type: "device_move"; readonly move: DeviceMove }
  | { readonly type: "flow"; readonly stalled: boolean }
  | { readonly type: "speaker"; readonly speaker: string | null }
  | { readonly type: "consent"; readonly given: boolean }
  | { readonly type: "hanging_up" }
  | { readonly type: "hung_up" }
  | { readonly type: "emergency"; readonly emergency: Emergency }
);

/** A path that is there is found within a second or two; TURN over TCP and TLS takes up to five. */
const BLOCKED_AFTER_MS = 10_000;
export const RING_ENDS_SOON_SECONDS = 10;
const NEWS_FOR_MS = 8_000;

export function reduce(state: CallState, event: CallEvent): CallState {
  return regained(state, changed(state, event), event.at);
}

function changed(state: CallState, event: CallEvent): CallState {
  if (isOver(state) && event.type !== "joining") return afterwards(state, event);
  switch (event.type) {
    case "joining":
      return joining(state, event);
    case "message":
      return received(state, event.message, event.at);
    case "socket":
      return socketChanged(state, event.open);
    case "media":
      return mediaChanged(state, event.media, event.at);
    case "tick":
      return ticked(state, event.at);
    case "pictures":
      return { ...state, pictures: { ...state.pictures, ...event.pictures } };
    case "retry":
      return { ...state, blocked: false, missing: { since: event.at, answered: false } };
    case "own_media":
      return { ...state, own: { ...state.own, ...event.own } };
    case "device":
      return { ...state, problems: { ...state.problems, [event.kind]: event.code } };
    case "device_move":
      return { ...state, deviceMove: event.move };
    case "flow":
      return event.stalled === state.stalled ? state : { ...state, stalled: event.stalled };
    case "speaker":
      return event.speaker === state.speaker ? state : { ...state, speaker: event.speaker };
    case "consent":
      return { ...state, consent: event.given, textChanged: false };
    case "hanging_up":
      return { ...state, hangingUp: true };
    case "hung_up":
      return over(
        state,
        endsForAll(state) ? "hung_up" : "left",
        elapsedSeconds(state, event.at) ?? 0,
        ownSide(state),
      );
    case "emergency": // the socket knows more, unless it is about an earlier one
      return isRaised(state) ? state : { ...state, emergency: event.emergency };
  }
}

/** That a network carries all pictures again is news for a moment. */
function regained(before: CallState, now: CallState, at: number): CallState {
  const { userId } = now;
  for (const id of [userId, ...company(now).map(({ user_id }) => user_id)]) {
    const was = weakness(before, id);
    const isStill = weakness(now, id) !== null || picturesOf(now, id).sound_only;
    if (was !== null && !isStill && hasPictures(now, id, was.way))
      return { ...now, regained: { userId: id, way: was.way, at } };
  }
  const old = now.regained;
  if (old === null) return now;
  const isOld = at - old.at >= NEWS_FOR_MS || picturesOf(now, old.userId).sound_only;
  return isOld || weakness(now, old.userId) !== null ? { ...now, regained: null } : now;
}

/** A call that is over changes no more, but somebody may still take on its emergency. */
function afterwards(state: CallState, event: CallEvent): CallState {
  if (event.type !== "message" || event.message.type !== "call_emergency") return state;
  return event.message.room_id === state.roomId
    ? { ...state, emergency: emergencyOf(event.message) }
    : state;
}

function joining(
  state: CallState,
  { roomId, userId, audioOnly, starts = { microphone: true, camera: !audioOnly } }: Joining,
): CallState {
  const own = { ...starts, screen: false, unavailable: [] };
  const { socketOpen } = state;
  return { ...initialState(userId), phase: "joining", roomId, audioOnly, own, socketOpen };
}

function received(state: CallState, message: ServerMessage, at: number): CallState {
  if (message.type === "error") return refused(state, message);
  if (!("room_id" in message) || message.room_id !== state.roomId) return state;
  switch (message.type) {
    case "call_joined":
      return joined(state, message, at);
    case "call_accepted":
      return accepted(state, message, at);
    case "call_declined":
      return over(state, "declined", 0, "patient");
    case "participants":
      return present(state, message.participants, message.absentees);
    case "answer":
      return answered(state, message.sdp);
    case "recording_state":
      return recorded(state, {
        state: message.state,
        reason: message.reason,
        parameters: message.parameters,
        earlier: message.earlier,
      });
    case "recording_switched":
      return switched(state, message.on);
    case "quality":
      return {
        ...state,
        quality: { ...state.quality, [message.user_id]: message.quality },
        direction: { ...state.direction, [message.user_id]: message.direction },
      };
    case "call_warning":
      return {
        ...state,
        endWarned: true,
        endsAt: local(message.ends_at, at - Date.parse(message.server_time)),
      };
    case "call_extended":
      return {
        ...state,
        endWarned: false,
        endsAt: local(message.ends_at, at - Date.parse(message.server_time)),
        extendedBy: state.extendedBy + message.minutes,
      };
    case "call_limit":
      return {
        ...state,
        endWarned: false,
        endsAt: local(message.ends_at, at - Date.parse(message.server_time)),
      };
    case "call_emergency":
      return { ...state, emergency: emergencyOf(message) };
    case "call_ended":
      return over(state, message.reason, message.duration_seconds, message.ended_by);
    case "connection_replaced":
      return { ...state, phase: "replaced" };
    default:
      return state; // negotiation and invitations are not part of the picture
  }
}

function joined(state: CallState, message: MessageOf<"call_joined">, at: number): CallState {
  const clockOffsetMs = at - Date.parse(message.server_time);
  const next: CallState = {
    ...state,
    ringing: message.call_status === "initiated",
    ringsUntil: local(message.invitation_expires_at, clockOffsetMs),
    audioOnly: message.audio_only,
    clockOffsetMs,
    startedAt: local(message.started_at, clockOffsetMs),
    endsAt: local(message.ends_at, clockOffsetMs),
    recordingEnabled: message.recording_enabled,
    onWithdrawal: message.on_withdrawal,
    consent: null, // `present` knows it
    emergency: message.emergency && emergencyOf(message.emergency),
    missing: state.missing ?? (state.media === "connected" ? null : { since: at, answered: false }),
  };
  return present(recorded(next, message.recording), message.participants, message.absentees);
}

function recorded(state: CallState, recording: RecordingState): CallState {
  const change = consentChange(state, recording.state);
  return {
    ...state,
    recording,
    consentChange: change ?? state.consentChange,
    wasRecorded: state.wasRecorded || recording.state === "recording",
  };
}

/** Whoever has not agreed is asked anew, and once it is stopped everybody will be. */
function switched(state: CallState, on: boolean): CallState {
  return {
    ...state,
    recordingEnabled: on,
    consent: on && state.consent ? true : null,
    consentChange: null,
    wasRecorded: on && state.wasRecorded,
    switchRefusal: null,
  };
}

function consentChange(
  { recording, decision }: CallState,
  now: RecordingPhase,
): ConsentChange | null {
  const before = recording.state;
  if (before === now) return null;
  const isNewcomer = decision?.first === true && !decision.given;
  const ran = (before === "recording" || before === "paused") && !isNewcomer;
  if (now === "stopped" && before !== "off") return ran ? "withdrawn" : "declined";
  return before === "stopped" && (now === "recording" || now === "paused") ? "given" : null;
}

/** From here on both sides and the server count the same time. */
function accepted(state: CallState, message: MessageOf<"call_accepted">, at: number): CallState {
  const clockOffsetMs = at - Date.parse(message.server_time);
  return {
    ...state,
    ringing: false,
    clockOffsetMs,
    startedAt: local(message.started_at, clockOffsetMs),
    endsAt: local(message.ends_at, clockOffsetMs),
  };
}

function present(
  state: CallState,
  participants: readonly Participant[],
  absentees: readonly Absentee[],
): CallState {
  const connected = participants.filter((each) => each.user_id !== state.userId && each.connected);
  const active = connected.length > 0;
  const told = participants.flatMap(({ user_id, quality }) =>
    quality === null ? [] : [[user_id, quality]],
  );
  const met = [...new Set([...state.met, ...connected.map(({ user_id }) => user_id)])];
  return {
    ...state,
    participants,
    met,
    absentees,
    absentee: absentee(state, participants, absentees),
    decision: newDecision(state.participants, participants) ?? state.decision,
    consent:
      participants.find(({ user_id }) => user_id === state.userId)?.recording_consent ??
      state.consent,
    quality: { ...state.quality, ...Object.fromEntries(told) },
    direction: {
      ...state.direction,
      ...Object.fromEntries(participants.map(({ user_id, direction }) => [user_id, direction])),
    },
    phase: active ? "active" : "waiting",
    ringing: state.ringing && !active,
  };
}

function absentee(
  state: CallState,
  now: readonly Participant[],
  absentees: readonly Absentee[],
): Absentee | null {
  if (state.participants.length === 0) return null; // what was before is no news
  const isAmong = (all: readonly { user_id: string }[], userId: string) =>
    all.some(({ user_id }) => user_id === userId);
  const gone = absentees.find(
    ({ user_id, reason }) => reason !== "cancelled" && !isAmong(state.absentees, user_id),
  );
  if (gone !== undefined) return gone;
  const asked = now.some(
    ({ invited, user_id }) => invited && !isAmong(state.participants, user_id),
  );
  return asked ? null : state.absentee;
}

/** Somebody's decision about the recording that is another one than before. */
function newDecision(before: readonly Participant[], now: readonly Participant[]): Decision | null {
  for (const { user_id: userId, recording_consent: given } of now) {
    const known = before.find(({ user_id }) => user_id === userId);
    if (known === undefined || given === null || given === known.recording_consent) continue;
    return { userId, given, first: known.recording_consent === null };
  }
  return null;
}

function answered(state: CallState, sdp: string): CallState {
  const missing = state.missing && { ...state.missing, answered: true };
  return { ...state, missing, mediaPort: udpPort(sdp) ?? state.mediaPort };
}

/** While the server cannot be asked, nobody knows what keeps the media away. */
function socketChanged(state: CallState, socketOpen: boolean): CallState {
  return socketOpen
    ? { ...state, socketOpen }
    : { ...state, socketOpen, missing: null, blocked: false };
}

function mediaChanged(state: CallState, now: RTCPeerConnectionState, at: number): CallState {
  const media = mediaConnection(state.media, now);
  if (media === "connected") return { ...state, media, missing: null, blocked: false };
  const lost = media === "reconnecting" && state.socketOpen;
  const missing = state.missing ?? (lost ? { since: at, answered: false } : null);
  return { ...state, media, missing };
}

function ticked(state: CallState, now: number): CallState {
  if (isBlocked(state, now)) return { ...state, blocked: true };
  const left = ringSecondsLeft(state, now);
  if (left === null || left > RING_ENDS_SOON_SECONDS || state.ringEndsSoon) return state;
  return { ...state, ringEndsSoon: true };
}

function isBlocked({ missing, blocked }: CallState, now: number): boolean {
  return (
    !blocked && missing !== null && missing.answered && now - missing.since >= BLOCKED_AFTER_MS
  );
}

/** Only a refusal to join ends it; other errors concern one message. */
function refused(state: CallState, refusal: MessageOf<"error">): CallState {
  const { in_reply_to, code } = refusal;
  if (in_reply_to === "recording_consent")
    return {
      ...state,
      consent: ownPart(state)?.recording_consent ?? null,
      textChanged: code === "consent_text_changed",
    };
  if (in_reply_to === "recording_switch") return { ...state, switchRefusal: refusal };
  if (in_reply_to === "offer" && code === "bad_offer") return { ...state, incompatible: true };
  if (in_reply_to !== "call_start" || state.phase === "idle") return state;
  return { ...state, phase: "refused", refusal };
}

function over(
  state: CallState,
  reason: EndReason,
  durationSeconds: number,
  endedBy: Ended["endedBy"],
): CallState {
  const durationMinutes = Math.floor(durationSeconds / 60); // as the server has it
  const ended = { roomId: state.roomId, durationSeconds, durationMinutes, reason, endedBy };
  return { ...state, phase: "ended", ringing: false, ended };
}

/**
 * Once connected, everything short of it is a reconnection: the picture stays, an overlay tells.
 */
function mediaConnection(before: MediaConnection, now: RTCPeerConnectionState): MediaConnection {
  if (now === "connected") return "connected";
  if (before === "connected" || before === "reconnecting") return "reconnecting";
  return now === "new" ? before : "connecting";
}

function local(instant: string | null, offsetMs: number): number | null {
  return instant === null ? null : Date.parse(instant) + offsetMs;
}
