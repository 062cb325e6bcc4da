/**
 * The call as this page sees it: one value, changed only by `reduce`. Pure; every event carries its
 * time.
 *
 * Times are milliseconds since the epoch on this machine's clock; the server's are corrected by
 * `clockOffsetMs`.
 */

import type {
  Absentee,
  Condition,
  EmergencyState,
  EndReason,
  MediaState,
  MessageOf,
  Participant,
  RecordingPhase,
  RecordingState,
  ServerMessage,
  Side,
} from "../../../shared/api/signaling/messages";
import type { CallErrorCode } from "./errors";

export type CallPhase =
  | "idle"
  | "joining" // devices and socket are being prepared
  | "waiting" // in the call, nobody else is
  | "active" // the other side is there
  | "ended"
  | "replaced" // this user goes on in another window
  | "refused"; // the server does not let this user take part

type MediaConnection = "new" | "connecting" | "connected" | "reconnecting";

interface Missing {
  readonly since: number;
  /** The server answered an offer since: its socket is not merely open, it works. */
  readonly answered: boolean;
}

/** A path that is there is found within a second or two; TURN over TCP and TLS takes up to five. */
const BLOCKED_AFTER_MS = 10_000;

export interface Emergency {
  raisedBy: string;
  phone: string;
  instructions: string;
  /** The practice's own number; empty if there is none. */
  practicePhone: string;
  /** Whom the alert has reached so far; empty: nobody. */
  reached: Readonly<MessageOf<"call_emergency">["reached"]>;
  /** Whether it is still being tried. */
  pending: boolean;
  /** Who of the practice takes care of it; null: nobody yet. */
  acknowledgedBy: string | null;
}

/** What somebody has decided about the recording. */
export interface Decision {
  readonly userId: string;
  readonly given: boolean;
  /** They had not decided before. */
  readonly first: boolean;
}

export type ConsentChange = "given" | "declined" | "withdrawn";

export interface Ended {
  roomId: string;
  durationSeconds: number;
  /** Whole ones completed. */
  durationMinutes: number;
  reason: EndReason;
  /** The side that ended it; null: the server did, or it is not known. */
  endedBy: Side | null;
}

export interface CallState {
  readonly phase: CallPhase;
  readonly roomId: string;
  readonly userId: string;
  /** The invitation was not answered yet. */
  readonly ringing: boolean;
  readonly audioOnly: boolean;
  readonly startedAt: number | null;
  readonly endsAt: number | null;
  /** Set from the warning on. */
  readonly endWarned: boolean;
  readonly clockOffsetMs: number;
  readonly participants: readonly Participant[];
  /** Who speaks, of the others; null: nobody, or nobody knows. */
  readonly speaker: string | null;
  readonly own: MediaState;
  readonly problems: Readonly<Record<"microphone" | "camera", CallErrorCode | null>>;
  readonly recordingEnabled: boolean;
  readonly recording: RecordingState;
  /** The last change of mind about the recording, as far as it shows in what the recorder does. */
  readonly consentChange: ConsentChange | null;
  /** Whoever was invited and is not there, and why; told to the provider only. */
  readonly absentees: readonly Absentee[];
  /**
   * The last one who did not come, if that was while this page was there; null once somebody else
   * is asked.
   */
  readonly absentee: Absentee | null;
  /** The last decision about it; null: none since this page joined. */
  readonly decision: Decision | null;
  /** This user's standing decision; null before it was made. */
  readonly consent: boolean | null;
  readonly socketOpen: boolean;
  readonly media: MediaConnection;
  /**
   * Since when media have been missing while the server could be asked for them; null: they flow,
   * or nobody knows.
   */
  readonly missing: Missing | null;
  /** The server is reached, and media do not come through to it: it is this user's own network. */
  readonly blocked: boolean;
  /** The UDP port of the server's that a network has to let out; null before the first answer. */
  readonly mediaPort: number | null;
  /**
   * Whose media flowed before: without them these are interrupted, others are still on their way.
   */
  readonly met: readonly string[];
  /** By user id, as the server measures it. */
  readonly quality: Readonly<Record<string, Condition>>;
  /**
   * Nothing has come from the server for two seconds, so nothing that it said before is known to
   * hold.
   */
  readonly stalled: boolean;
  readonly emergency: Emergency | null;
  /** This user has hung up, here. */
  readonly hangingUp: boolean;
  readonly ended: Ended | null;
  /** Why the server refused, if it did; the page has the words. */
  readonly refusal: MessageOf<"error"> | null;
  /** The server cannot connect this browser, whatever it offers. */
  readonly incompatible: boolean;
}

interface Joining {
  readonly type: "joining";
  readonly roomId: string;
  readonly userId: string;
  readonly audioOnly: boolean;
  /** Takes part without a voice and a face, and is not asked for any device. */
  readonly watching?: boolean;
}

export type CallEvent = { readonly at: number } & (
  | Joining
  | { readonly type: "message"; readonly message: ServerMessage }
  | { readonly type: "socket"; readonly open: boolean }
  | { readonly type: "media"; readonly media: RTCPeerConnectionState }
  | { readonly type: "tick" }
  | { readonly type: "retry" }
  | { readonly type: "own_media"; readonly own: Partial<MediaState> }
  | {
      readonly type: "device";
      readonly kind: "microphone" | "camera";
      readonly code: CallErrorCode | null;
    }
  | { readonly type: "flow"; readonly stalled: boolean }
  | { readonly type: "speaker"; readonly speaker: string | null }
  | { readonly type: "consent"; readonly given: boolean }
  | { readonly type: "hanging_up" }
  | { readonly type: "hung_up" }
  | { readonly type: "emergency"; readonly emergency: Emergency }
);

export function initialState(userId: string): CallState {
  return {
    phase: "idle",
    roomId: "",
    userId,
    ringing: false,
    audioOnly: false,
    startedAt: null,
    endsAt: null,
    endWarned: false,
    clockOffsetMs: 0,
    participants: [],
    speaker: null,
    own: { microphone: true, camera: true, screen: false, unavailable: [] },
    problems: { microphone: null, camera: null },
    recordingEnabled: false,
    recording: { state: "off", reason: null, parameters: {} },
    consentChange: null,
    absentees: [],
    absentee: null,
    decision: null,
    consent: null,
    socketOpen: false,
    media: "new",
    missing: null,
    blocked: false,
    mediaPort: null,
    met: [],
    quality: {},
    stalled: false,
    emergency: null,
    hangingUp: false,
    ended: null,
    refusal: null,
    incompatible: false,
  };
}

export function reduce(state: CallState, event: CallEvent): CallState {
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
      return isBlocked(state, event.at) ? { ...state, blocked: true } : state;
    case "retry":
      return { ...state, blocked: false, missing: { since: event.at, answered: false } };
    case "own_media":
      return { ...state, own: { ...state.own, ...event.own } };
    case "device":
      return { ...state, problems: { ...state.problems, [event.kind]: event.code } };
    case "flow":
      return event.stalled === state.stalled ? state : { ...state, stalled: event.stalled };
    case "speaker":
      return event.speaker === state.speaker ? state : { ...state, speaker: event.speaker };
    case "consent":
      return { ...state, consent: event.given };
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

/** A call that is over changes no more, but somebody may still take on its emergency. */
function afterwards(state: CallState, event: CallEvent): CallState {
  if (event.type !== "message" || event.message.type !== "call_emergency") return state;
  return event.message.room_id === state.roomId
    ? { ...state, emergency: emergencyOf(event.message) }
    : state;
}

/** An emergency that nobody of the practice has taken on. */
export function isRaised({ emergency }: CallState): boolean {
  return emergency !== null && emergency.acknowledgedBy === null;
}

export function isOver({ phase }: CallState): boolean {
  return phase === "ended" || phase === "replaced" || phase === "refused";
}

function joining(
  state: CallState,
  { roomId, userId, audioOnly, watching = false }: Joining,
): CallState {
  const own = {
    microphone: !watching,
    camera: !audioOnly && !watching,
    screen: false,
    unavailable: [],
  };
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
      });
    case "quality":
      return { ...state, quality: { ...state.quality, [message.user_id]: message.quality } };
    case "call_warning":
      return {
        ...state,
        endWarned: true,
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
    audioOnly: message.audio_only,
    clockOffsetMs,
    startedAt: local(message.started_at, clockOffsetMs),
    endsAt: local(message.ends_at, clockOffsetMs),
    recordingEnabled: message.recording_enabled,
    consent: null, // `present` knows it
    emergency: message.emergency && emergencyOf(message.emergency),
    missing: state.missing ?? (state.media === "connected" ? null : { since: at, answered: false }),
  };
  return present(recorded(next, message.recording), message.participants, message.absentees);
}

function recorded(state: CallState, recording: RecordingState): CallState {
  const change = consentChange(state, recording.state);
  return { ...state, recording, consentChange: change ?? state.consentChange };
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

/** Of the candidate that a description names (RFC 8839). */
function udpPort(sdp: string): number | null {
  const [, port] = /^a=candidate:\S+ 1 udp \d+ \S+ (\d+) typ host/im.exec(sdp) ?? [];
  return port === undefined ? null : Number(port);
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

function isBlocked({ missing, blocked }: CallState, now: number): boolean {
  return (
    !blocked && missing !== null && missing.answered && now - missing.since >= BLOCKED_AFTER_MS
  );
}

/** Only a refusal to join ends it; other errors concern one message. */
function refused(state: CallState, refusal: MessageOf<"error">): CallState {
  const { in_reply_to, code } = refusal;
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

export function emergencyOf(told: EmergencyState): Emergency {
  const { raised_by, phone, instructions, practice_phone, reached, pending, acknowledged_by } =
    told;
  return {
    raisedBy: raised_by,
    phone,
    instructions,
    practicePhone: practice_phone,
    reached,
    pending,
    acknowledgedBy: acknowledged_by,
  };
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

// --- what the pages ask of it ---------------------------------------------------------

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

/** Whose no keeps the call from being recorded. */
export function refusing(state: CallState): readonly Participant[] {
  return state.recordingEnabled
    ? deciding(state).filter((each) => each.recording_consent === false)
    : [];
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

/**
 * Minutes left, once the server has warned; null before. To the nearest, so that a warning of one
 * minute says one, whatever the message took on its way: 0 is less than half a minute.
 */
export function minutesLeft({ endsAt, endWarned }: CallState, now: number): number | null {
  if (endsAt === null || !endWarned) return null;
  return Math.max(0, Math.round((endsAt - now) / 60_000));
}

/** How well this user's own network carries the call; null while nobody knows. */
export function ownQuality(state: CallState): Condition | null {
  return isServerHeard(state) ? (state.quality[state.userId] ?? null) : null;
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
  const phase = told === "awaiting_consent" && state.startedAt !== null ? "paused" : told;
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
