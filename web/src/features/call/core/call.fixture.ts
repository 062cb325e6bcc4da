/** A call of the provider Elena and her patient Alex, and what a server says of it, for tests. */

import type {
  CallJoined,
  MessageOf,
  Participant,
  ServerMessage,
} from "../../../shared/api/signaling/messages";
import { type CallEvent, reduce } from "./reduce";
import { ALL_PICTURES, type CallState, initialState } from "./state";

export const T0 = Date.parse("2026-01-05T10:00:00Z");

/** Here, well connected, agreed to the recording. */
export const provider: Participant = {
  user_id: "p",
  name: "Dr. Elena Rivera",
  role: "provider",
  capabilities: { speak: true, camera: true, screen: true, chat: true, recorded: true },
  required: true,
  invited: false,
  recording_consent: true,
  off_the_record: false,
  joined: true,
  connected: true,
  quality: null,
  direction: null,
  media: { microphone: true, camera: true, screen: false, unavailable: [] },
  pictures: ALL_PICTURES,
  video_codecs: ["VP8"],
  identity: null,
};
export const patient: Participant = {
  ...provider,
  user_id: "a",
  name: "Alex Morgan",
  role: "patient",
  capabilities: { ...provider.capabilities, screen: false },
};
export const interpreter: Participant = {
  ...patient,
  user_id: "m",
  name: "Maria Oliveira",
  role: "interpreter",
  required: false,
};

export function callJoined(changes: Partial<CallJoined> = {}): CallJoined {
  return {
    type: "call_joined",
    room_id: "r",
    call_status: "initiated",
    recording_enabled: true,
    audio_only: false,
    started_at: null,
    ends_at: null,
    invitation_expires_at: null,
    server_time: new Date(T0).toISOString(),
    participants: [provider, { ...patient, joined: false, connected: false }],
    absentees: [],
    recording: { state: "awaiting_consent", reason: null, parameters: {}, earlier: null },
    on_withdrawal: "keep",
    recording_consent: null,
    emergency: null,
    ice_servers: [],
    slots: { audio: 1, video: 2 },
    ...changes,
  };
}

/** The provider's page after these messages, one second apart. */
export function stateAfter(...messages: ServerMessage[]): CallState {
  const events: CallEvent[] = [
    { type: "joining", roomId: "r", userId: "p", audioOnly: false, at: T0 },
    { type: "socket", open: true, at: T0 },
    ...messages.map((message, index) => ({
      type: "message" as const,
      message,
      at: T0 + index * 1000,
    })),
  ];
  return events.reduce(reduce, initialState("p"));
}

export const present = (...participants: Participant[]): MessageOf<"participants"> => ({
  type: "participants",
  room_id: "r",
  participants,
  absentees: [],
  assignments: [],
});

export const recording = (
  state: CallState["recording"]["state"],
  reason: CallState["recording"]["reason"] = null,
  earlier: CallState["recording"]["earlier"] = null,
): ServerMessage => ({
  type: "recording_state",
  room_id: "r",
  state,
  reason,
  parameters: {},
  earlier,
});

export const accepted: ServerMessage = {
  type: "call_accepted",
  room_id: "r",
  recording_consent: true,
  server_time: new Date(T0 + 1000).toISOString(),
  started_at: new Date(T0 + 1000).toISOString(),
  ends_at: new Date(T0 + 3_601_000).toISOString(),
};

export const ended: MessageOf<"call_ended"> = {
  type: "call_ended",
  room_id: "r",
  duration_seconds: 729,
  duration_minutes: 12,
  reason: "hung_up",
  ended_by: "patient",
};
