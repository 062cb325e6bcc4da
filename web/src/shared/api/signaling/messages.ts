/**
 * The words of the wire, as generated from signaling/websocket/messages.py; PROTOCOL.md tells them
 * in prose.
 */
import type {
  ClientMessage,
  Participant,
  Pictures,
  RecordingState,
  ServerMessage,
} from "../schema";

export type {
  Absentee,
  CallJoined,
  ClientMessage,
  EmergencyState,
  MediaState,
  Participant,
  Pictures,
  RecordingState,
  ServerMessage,
  ShownText,
  SlotAssignment,
  Slots,
} from "../schema";

export type ServerMessageType = ServerMessage["type"];
export type MessageOf<T extends ServerMessageType> = Extract<ServerMessage, { type: T }>;

export type Source = "microphone" | "camera" | "screen";
export type Condition = MessageOf<"quality">["quality"];
export type Direction = NonNullable<MessageOf<"quality">["direction"]>;
export type PictureSize = NonNullable<Pictures["sends"]>;
export type EndReason = MessageOf<"call_ended">["reason"];
export type Side = Participant["role"];
export type RecordingPhase = RecordingState["state"];
export type RecordingReason = NonNullable<RecordingState["reason"]>;

/**
 * Messages about a decision of the user, which must arrive even if the socket is away for a moment.
 */
export function isDecision(message: ClientMessage): boolean {
  return (
    message.type === "call_end" ||
    message.type === "recording_consent" ||
    message.type === "off_the_record" ||
    (message.type === "recording_switch" && !message.on)
  );
}
