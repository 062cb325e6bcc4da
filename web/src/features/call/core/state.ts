/**
 * The call as this page sees it: one value, which `reduce` makes anew at each change.
 *
 * Times are milliseconds since the epoch on this machine's clock; the server's are corrected by
 * `clockOffsetMs`.
 */

import type {
  Absentee,
  Condition,
  Direction,
  EmergencyState,
  EndReason,
  MediaState,
  MessageOf,
  Participant,
  Pictures,
  RecordingState,
  Side,
} from "../../../shared/api/signaling/messages";
import type { DeviceMove } from "./devices";
import type { CallErrorCode } from "./errors";

export type CallPhase =
  | "idle"
  | "joining" // devices and socket are being prepared
  | "waiting" // in the call, nobody else is
  | "active" // the other side is there
  | "ended"
  | "replaced" // this user goes on in another window
  | "refused"; // the server does not let this user take part

export type MediaConnection = "new" | "connecting" | "connected" | "reconnecting";

export interface Missing {
  readonly since: number;
  /** The server answered an offer since: its socket is not merely open, it works. */
  readonly answered: boolean;
}

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

/** Both ways, or one of them, as the person whose network it is sees it. */
export type Way = Direction | "both";

export interface Regained {
  readonly userId: string;
  readonly way: Way;
  readonly at: number;
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
  /** Until when it stands, while it rings. */
  readonly ringsUntil: number | null;
  /** It rings for some seconds only, unless somebody answers. */
  readonly ringEndsSoon: boolean;
  readonly audioOnly: boolean;
  readonly startedAt: number | null;
  readonly endsAt: number | null;
  /** Set from the warning on. */
  readonly endWarned: boolean;
  /** Minutes by which the provider has let it last longer, since this page joined. */
  readonly extendedBy: number;
  readonly clockOffsetMs: number;
  readonly participants: readonly Participant[];
  /** Who speaks, of the others; null: nobody, or nobody knows. */
  readonly speaker: string | null;
  readonly own: MediaState;
  /** Which pictures this page takes part with. */
  readonly pictures: Pictures;
  /** Whose network carries all pictures again, for the moment in which that is news. */
  readonly regained: Regained | null;
  readonly problems: Readonly<Record<"microphone" | "camera", CallErrorCode | null>>;
  /** The last device that another one stood in for, or that is back. */
  readonly deviceMove: DeviceMove | null;
  readonly recordingEnabled: boolean;
  readonly recording: RecordingState;
  /** It has been recorded, as far as this page was told, and was not stopped for good since. */
  readonly wasRecorded: boolean;
  /** Why the server did not let the provider ask to record, or stop that; null once it did. */
  readonly switchRefusal: MessageOf<"error"> | null;
  /** What becomes of what was recorded so far when somebody withdraws their consent. */
  readonly onWithdrawal: MessageOf<"call_joined">["on_withdrawal"];
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
  /** The server did not take a yes, as it was to other words than those in force. */
  readonly textChanged: boolean;
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
  /** Which way alone makes it that bad, by user id; null: both do. */
  readonly direction: Readonly<Record<string, Direction | null>>;
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

export const ALL_PICTURES: Pictures = {
  sound_only: false,
  sends: "full",
  receives: "full",
  screen: false,
};

export const SOUND_ONLY: Pictures = { ...ALL_PICTURES, sound_only: true };

export function initialState(userId: string): CallState {
  return {
    phase: "idle",
    roomId: "",
    userId,
    ringing: false,
    ringsUntil: null,
    ringEndsSoon: false,
    audioOnly: false,
    startedAt: null,
    endsAt: null,
    endWarned: false,
    extendedBy: 0,
    clockOffsetMs: 0,
    participants: [],
    speaker: null,
    own: { microphone: true, camera: true, screen: false, unavailable: [] },
    pictures: ALL_PICTURES,
    regained: null,
    problems: { microphone: null, camera: null },
    deviceMove: null,
    recordingEnabled: false,
    recording: { state: "off", reason: null, parameters: {}, earlier: null },
    wasRecorded: false,
    switchRefusal: null,
    onWithdrawal: "keep",
    consentChange: null,
    absentees: [],
    absentee: null,
    decision: null,
    consent: null,
    textChanged: false,
    socketOpen: false,
    media: "new",
    missing: null,
    blocked: false,
    mediaPort: null,
    met: [],
    quality: {},
    direction: {},
    stalled: false,
    emergency: null,
    hangingUp: false,
    ended: null,
    refusal: null,
    incompatible: false,
  };
}

export function isOver({ phase }: CallState): boolean {
  return phase === "ended" || phase === "replaced" || phase === "refused";
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
