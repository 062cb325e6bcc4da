import { describe, expect, it } from "vitest";
import type {
  CallJoined,
  Participant,
  ServerMessage,
} from "../../../shared/api/signaling/messages";
import { type CallEvent, reduce } from "./reduce";
import {
  company,
  elapsedSeconds,
  isLost,
  isRaised,
  isReconnecting,
  isServerAway,
  minutesLeft,
  others,
  ownQuality,
  pictureProblem,
  recordingPhase,
  undecided,
  worstHeard,
} from "./selectors";
import { type CallState, initialState } from "./state";

const T0 = Date.parse("2026-01-05T10:00:00Z");
const MEDIA = { microphone: true, camera: true, screen: false, unavailable: [] };

const provider: Participant = {
  user_id: "p",
  name: "Dr. Elena Rivera",
  role: "provider",
  capabilities: { speak: true, camera: true, screen: true, chat: true, recorded: true },
  required: true,
  invited: false,
  recording_consent: true,
  joined: true,
  connected: true,
  quality: null,
  media: MEDIA,
  video_codecs: ["VP8"],
};
const patient: Participant = {
  user_id: "a",
  name: "Alex Morgan",
  role: "patient",
  capabilities: { speak: true, camera: true, screen: false, chat: true, recorded: true },
  required: true,
  invited: false,
  recording_consent: true,
  joined: true,
  connected: true,
  quality: null,
  media: MEDIA,
  video_codecs: ["VP8"],
};

function callJoined(changes: Partial<CallJoined> = {}): CallJoined {
  return {
    type: "call_joined",
    room_id: "r",
    call_status: "initiated",
    recording_enabled: true,
    audio_only: false,
    started_at: null,
    ends_at: null,
    server_time: new Date(T0).toISOString(),
    participants: [provider, { ...patient, joined: false, connected: false }],
    absentees: [],
    recording: { state: "awaiting_consent", reason: null, parameters: {} },
    recording_consent: null,
    emergency: null,
    ice_servers: [],
    slots: { audio: 1, video: 2 },
    ...changes,
  };
}

/** The provider's page after these messages, one second apart. */
function stateAfter(...messages: ServerMessage[]): CallState {
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

const present = (...participants: Participant[]): ServerMessage => ({
  type: "participants",
  room_id: "r",
  participants,
  absentees: [],
  assignments: [],
});

const accepted: ServerMessage = {
  type: "call_accepted",
  room_id: "r",
  recording_consent: true,
  server_time: new Date(T0 + 1000).toISOString(),
  started_at: new Date(T0 + 1000).toISOString(),
  ends_at: new Date(T0 + 3_601_000).toISOString(),
};

const answer: ServerMessage = {
  type: "answer",
  room_id: "r",
  sdp: "v=0\r\na=candidate:1 1 udp 2130706431 192.0.2.1 3478 typ host\r\n",
  assignments: [],
};

const raised = {
  raised_by: "Alex Morgan",
  raised_at: new Date(T0).toISOString(),
  phone: "112",
  instructions: "Stay on the line.",
  practice_phone: "+49 30 1",
  reached: [],
  pending: false,
  acknowledged_at: null,
  acknowledged_by: null,
};
const ended: ServerMessage = {
  type: "call_ended",
  room_id: "r",
  duration_seconds: 729,
  duration_minutes: 12,
  reason: "hung_up",
  ended_by: "patient",
};

describe("the call as a page sees it", () => {
  it("rings while the invitation is open", () => {
    const state = stateAfter(callJoined());
    expect(state).toMatchObject({ phase: "waiting", ringing: true, startedAt: null });
    expect(others(state).map(({ name }) => name)).toEqual(["Alex Morgan"]);
  });

  it("waits, no longer ringing, between acceptance and the other side's arrival", () => {
    expect(stateAfter(callJoined(), accepted)).toMatchObject({
      phase: "waiting",
      ringing: false,
      consent: true,
    });
  });

  it("is active from the moment the other side is there", () => {
    const state = stateAfter(callJoined(), present(provider, patient));
    expect(state).toMatchObject({ phase: "active", ringing: false });
  });

  it("counts from the acceptance on, by the server's clock, however late the other side is connected", () => {
    const page = stateAfter(callJoined(), accepted, present(provider, patient));
    const started_at = new Date(T0 + 1000).toISOString();
    const late = {
      call_status: "active" as const,
      started_at,
      server_time: new Date(T0 + 88_000).toISOString(),
    };
    const joined: CallEvent = { type: "message", message: callJoined(late), at: T0 + 88_000 };
    const joining: CallEvent = {
      type: "joining",
      roomId: "r",
      userId: "a",
      audioOnly: false,
      at: T0,
    };
    const other = [joining, joined].reduce(reduce, initialState("a"));
    for (const state of [page, other]) expect(elapsedSeconds(state, T0 + 91_000)).toBe(90);
  });

  describe("whose own network lets no media through", () => {
    const tick = (state: CallState, at: number) => reduce(state, { type: "tick", at: T0 + at });
    const media = (state: CallState, media: RTCPeerConnectionState, at = 0) =>
      reduce(state, { type: "media", media, at: T0 + at });
    const connecting = media(stateAfter(callJoined(), answer), "connecting", 1000);

    it("says so after ten seconds, with the port to let out, and not before", () => {
      expect(tick(connecting, 9_900).blocked).toBe(false);
      expect(tick(connecting, 10_000)).toMatchObject({ blocked: true, mediaPort: 3478 });
      expect(isReconnecting(tick(connecting, 10_000))).toBe(false);
    });

    it("knows of no network while the server does not answer either", () => {
      expect(tick(media(stateAfter(callJoined()), "connecting"), 60_000).blocked).toBe(false);
      const away = reduce(tick(connecting, 10_000), {
        type: "socket",
        open: false,
        at: T0 + 11_000,
      });
      expect(away.blocked).toBe(false);
      expect(tick(away, 60_000).blocked).toBe(false);
    });

    it("takes it back when media come, and begins anew when they are lost", () => {
      const connected = media(tick(connecting, 10_000), "connected", 12_000);
      expect(connected).toMatchObject({ blocked: false, missing: null });
      const lost = media(connected, "disconnected", 50_000);
      expect(tick(lost, 70_000).blocked).toBe(false); // nothing was heard of the server since
      const restarted = reduce(lost, { type: "message", message: answer, at: T0 + 52_000 });
      expect(tick(restarted, 59_000).blocked).toBe(false);
      expect(tick(restarted, 60_000).blocked).toBe(true);
    });

    it("stays said through attempts of its own, and is given time when the user tries again", () => {
      const blocked = tick(connecting, 10_000);
      const again = reduce(blocked, { type: "message", message: callJoined(), at: T0 + 30_000 });
      expect(media(again, "new").blocked).toBe(true);
      const tried = reduce(blocked, { type: "retry", at: T0 + 30_000 });
      const answered = reduce(tried, { type: "message", message: answer, at: T0 + 31_000 });
      expect([tick(answered, 39_000).blocked, tick(answered, 40_000).blocked]).toEqual([
        false,
        true,
      ]);
    });
  });

  it("tells whoever was interrupted from whoever has not come yet", () => {
    const absent = { ...patient, connected: false };
    expect(stateAfter(callJoined(), present(provider, absent)).met).toEqual([]);
    expect(
      stateAfter(callJoined(), present(provider, patient), present(provider, absent)).met,
    ).toEqual(["a"]);
  });

  it("calls nobody interrupted who has never been heard", () => {
    const lost: ServerMessage = { type: "quality", room_id: "r", user_id: "a", quality: "lost" };
    const absent = { ...patient, connected: false };
    expect(worstHeard(stateAfter(callJoined(), present(provider, absent), lost))).toBeNull();
    const known = stateAfter(
      callJoined(),
      present(provider, patient),
      present(provider, absent),
      lost,
    );
    expect(worstHeard(known)).toMatchObject({ person: { user_id: "a" }, quality: "lost" });
  });

  it("waits again when the other side is lost, and the time goes on", () => {
    const state = stateAfter(
      callJoined(),
      accepted,
      present(provider, patient),
      present(provider, { ...patient, connected: false }),
    );
    expect(state.phase).toBe("waiting");
    expect(elapsedSeconds(state, T0 + 91_000)).toBe(90);
  });

  it("takes the server's times by the server's clock", () => {
    const behind = new Date(T0 - 30_000).toISOString();
    const state = stateAfter(
      callJoined({ call_status: "active", server_time: behind, started_at: behind }),
    );
    expect(elapsedSeconds(state, T0 + 5_000)).toBe(5);
  });

  it("tells the minutes left once the server has warned, to the nearest", () => {
    const ends_at = new Date(T0 + 300_000).toISOString();
    const joined = callJoined({ call_status: "active", ends_at });
    expect(minutesLeft(stateAfter(joined), T0)).toBeNull();
    const server_time = new Date(T0 + 1000).toISOString(); // when the page hears it
    const warning: ServerMessage = {
      type: "call_warning",
      room_id: "r",
      server_time,
      ends_at,
      minutes_left: 5,
    };
    const warned = stateAfter(joined, warning);
    expect(minutesLeft(warned, T0)).toBe(5);
    expect(minutesLeft(warned, T0 - 900)).toBe(5); // a clock that is late by a moment
    expect(minutesLeft(warned, T0 + 241_000)).toBe(1);
    expect(minutesLeft(warned, T0 + 999_000)).toBe(0);
  });

  it("is not misled when the server's clock was set after the page joined", () => {
    const ends_at = new Date(T0 + 3_600_000 + 301_000).toISOString();
    const server_time = new Date(T0 + 3_600_000 + 1000).toISOString();
    const warning = {
      type: "call_warning" as const,
      room_id: "r",
      server_time,
      ends_at,
      minutes_left: 5,
    };
    const warned = stateAfter(callJoined({ call_status: "active" }), warning);
    expect(minutesLeft(warned, T0 + 1000)).toBe(5);
  });

  it("ends once, and nothing changes it afterwards", () => {
    const state = stateAfter(callJoined(), ended, { ...ended, reason: "failed" }, callJoined());
    expect(state.ended).toEqual({
      roomId: "r",
      durationSeconds: 729,
      durationMinutes: 12,
      reason: "hung_up",
      endedBy: "patient",
    });
    expect(state.phase).toBe("ended");
  });

  it("counts its own time when it hangs up without the server", () => {
    const active = stateAfter(callJoined(), accepted, present(provider, patient));
    const state = reduce(active, { type: "hung_up", at: T0 + 62_000 });
    expect(state.ended).toEqual({
      roomId: "r",
      durationSeconds: 61,
      durationMinutes: 1,
      reason: "hung_up",
      endedBy: "provider",
    });
  });

  it("can be joined anew after it ended", () => {
    const again = reduce(stateAfter(callJoined(), ended), {
      type: "joining",
      roomId: "s",
      userId: "p",
      audioOnly: true,
      at: T0,
    });
    expect(again).toMatchObject({ phase: "joining", roomId: "s", ended: null, socketOpen: true });
    expect(again.own.camera).toBe(false);
  });

  it("leaves the messages of other rooms alone", () => {
    const before = stateAfter(callJoined());
    const message: ServerMessage = { ...ended, room_id: "another" };
    expect(reduce(before, { type: "message", message, at: T0 })).toBe(before);
  });

  it("is refused only when joining is, with the server's words", () => {
    const error: ServerMessage = {
      type: "error",
      title: "Unknown room",
      detail: "There is no such call.",
      code: "unknown_room",
      reason: null,
      parameters: {},
      in_reply_to: "call_start",
      room_id: null,
    };
    expect(stateAfter(error)).toMatchObject({ phase: "refused", refusal: error });
    expect(stateAfter(callJoined(), { ...error, in_reply_to: "offer" }).phase).toBe("waiting");
  });

  it("goes on in another window when this connection is replaced", () => {
    expect(stateAfter(callJoined(), { type: "connection_replaced", room_id: "r" }).phase).toBe(
      "replaced",
    );
  });

  it("reconnects while the media are away, but not before they ever worked", () => {
    const joined = stateAfter(callJoined());
    const media = (state: CallState, media: RTCPeerConnectionState) =>
      reduce(state, { type: "media", media, at: T0 });
    expect(isReconnecting(media(joined, "disconnected"))).toBe(false);
    const connected = media(joined, "connected");
    expect(isReconnecting(media(connected, "disconnected"))).toBe(true);
    expect(isReconnecting(media(media(connected, "failed"), "connected"))).toBe(false);
  });

  it("does not take a lost socket for a lost call", () => {
    const connected = reduce(stateAfter(callJoined()), {
      type: "media",
      media: "connected",
      at: T0,
    });
    const alone = reduce(connected, { type: "socket", open: false, at: T0 });
    expect(isReconnecting(alone)).toBe(false);
    expect(isServerAway(alone)).toBe(true);
  });

  describe("whose connection has changed", () => {
    const quality = (user_id: string, quality: "excellent" | "lost"): ServerMessage => ({
      type: "quality",
      room_id: "r",
      user_id,
      quality,
    });
    const both = [callJoined(), present(provider, patient), quality("p", "excellent")];
    const well = (...more: ServerMessage[]) =>
      reduce(stateAfter(...both, ...more), { type: "media", media: "connected", at: T0 });
    const stalled = reduce(well(), { type: "flow", stalled: true, at: T0 });

    it("shows the server's word for one's own network, and none of one's own making", () => {
      expect(ownQuality(well())).toBe("excellent");
      expect(ownQuality(well(quality("p", "lost")))).toBe("lost");
    });

    it("knows no word once nothing comes any more", () => {
      expect(ownQuality(stalled)).toBeNull();
      expect(isReconnecting(stalled)).toBe(true);
      expect(ownQuality(reduce(well(), { type: "socket", open: false, at: T0 }))).toBeNull();
      expect(ownQuality(reduce(stalled, { type: "flow", stalled: false, at: T0 }))).toBe(
        "excellent",
      );
    });

    it("tells the healthy side that it is the other's", () => {
      const state = well(quality("a", "lost"));
      expect([isLost(state, patient), isReconnecting(state), ownQuality(state)]).toEqual([
        true,
        false,
        "excellent",
      ]);
      expect(isLost(reduce(state, { type: "flow", stalled: true, at: T0 }), patient)).toBe(false);
    });

    it("learns them again after a reload", () => {
      const reloaded = well(
        present({ ...provider, quality: "good" }, { ...patient, quality: "lost" }),
      );
      expect([ownQuality(reloaded), isLost(reloaded, patient)]).toEqual(["good", true]);
    });

    it("does not claim a recording that it cannot know of", () => {
      const on: ServerMessage = {
        type: "recording_state",
        room_id: "r",
        state: "recording",
        reason: null,
        parameters: {},
      };
      const recorded = well(on);
      expect(recordingPhase(recorded)).toBe("recording");
      expect(recordingPhase(reduce(recorded, { type: "flow", stalled: true, at: T0 }))).toBe(
        "unknown",
      );
      expect(recordingPhase(reduce(recorded, { type: "socket", open: false, at: T0 }))).toBe(
        "unknown",
      );
      const off: ServerMessage = {
        type: "recording_state",
        room_id: "r",
        state: "off",
        reason: null,
        parameters: {},
      };
      expect(recordingPhase(reduce(well(off), { type: "socket", open: false, at: T0 }))).toBe(
        "off",
      );
    });
  });

  it("shows an emergency until the end, with what to do", () => {
    const state = stateAfter(callJoined(), {
      type: "call_emergency",
      room_id: "r",
      patient_name: null,
      ...raised,
    });
    expect(state.emergency).toEqual({
      raisedBy: "Alex Morgan",
      phone: "112",
      instructions: "Stay on the line.",
      practicePhone: "+49 30 1",
      reached: [],
      pending: false,
      acknowledgedBy: null,
    });
    expect(state.phase).toBe("waiting");
  });

  it("has the emergency again after a reload, and hears after its end that somebody took it on", () => {
    const state = stateAfter(callJoined({ emergency: raised }), ended);
    expect(state.emergency?.raisedBy).toBe("Alex Morgan");
    expect(isRaised(state)).toBe(true);
    const message = {
      type: "call_emergency" as const,
      room_id: "r",
      patient_name: null,
      ...raised,
      acknowledged_by: "Sam",
    };
    const later = reduce(state, { type: "message", message, at: T0 });
    expect(later.emergency?.acknowledgedBy).toBe("Sam");
    expect(isRaised(later)).toBe(false);
    expect(later.phase).toBe("ended");
  });
});

describe("the formats of the picture", () => {
  const joined = (own: Participant["video_codecs"], theirs: Participant["video_codecs"]) =>
    pictureProblem(
      stateAfter(
        callJoined(),
        present({ ...provider, video_codecs: own }, { ...patient, video_codecs: theirs }),
      ),
      { ...patient, video_codecs: theirs },
    );

  it("are no problem while they are unknown or shared", () => {
    expect(joined(["VP8"], ["H264", "VP8"])).toBeNull();
    expect(joined(null, ["H264"])).toBeNull();
    expect(joined(["VP8"], null)).toBeNull();
  });

  it("are named on the side that lacks them", () => {
    expect(joined([], ["VP8"])).toBe("own");
    expect(joined(["VP8"], [])).toBe("other");
    expect(joined(["VP8"], ["H264"])).toBe("other");
  });
});

it("says that this browser cannot be connected once the server has refused its offer for good", () => {
  const refusal: ServerMessage = {
    type: "error",
    title: "The offer cannot be answered",
    detail: "no codec",
    code: "bad_offer",
    reason: null,
    parameters: {},
    in_reply_to: "offer",
    room_id: "r",
  };
  expect(stateAfter(callJoined(), refusal).incompatible).toBe(true);
  expect(stateAfter(callJoined(), { ...refusal, code: "too_many_messages" }).incompatible).toBe(
    false,
  );
});

describe("a call of more than two", () => {
  const maria: Participant = {
    ...patient,
    user_id: "m",
    name: "Maria Oliveira",
    role: "interpreter",
    required: false,
    recording_consent: true,
  };
  const asked: Participant = {
    ...maria,
    invited: true,
    recording_consent: null,
    joined: false,
    connected: false,
  };
  const recording = (state: CallState["recording"]["state"]): ServerMessage => ({
    type: "recording_state",
    room_id: "r",
    state,
    reason: null,
    parameters: {},
  });
  const running = [callJoined(), accepted, present(provider, patient), recording("recording")];

  it("has a place for whoever has accepted, and none for the invited", () => {
    const invited = stateAfter(...running, present(provider, patient, asked));
    expect(company(invited).map(({ name }) => name)).toEqual(["Alex Morgan"]);
    expect(others(invited)).toHaveLength(2);
    expect(company(stateAfter(...running, present(provider, patient, maria)))).toHaveLength(2);
  });

  it("waits with the recording for a newcomer's decision, and does not for an invitation", () => {
    expect(undecided(stateAfter(...running, present(provider, patient, asked)))).toEqual([]);
    const here = { ...maria, recording_consent: null };
    const state = stateAfter(
      ...running,
      present(provider, patient, here),
      recording("awaiting_consent"),
    );
    expect(undecided(state).map(({ name }) => name)).toEqual(["Maria Oliveira"]);
    expect(recordingPhase(state)).toBe("paused");
  });

  it("knows a guest's own decision, whatever the patient has said", () => {
    const asGuest = (...messages: ServerMessage[]) =>
      messages.reduce<CallState>(
        (state, message) => reduce(state, { type: "message", message, at: T0 }),
        {
          ...initialState("m"),
          roomId: "r",
        },
      );
    const mine = { ...maria, recording_consent: false };
    const participants = [provider, patient, mine];
    const state = asGuest(accepted, callJoined({ call_status: "active", participants }));
    expect(state.consent).toBe(false);
    expect(reduce(state, { type: "consent", given: true, at: T0 }).consent).toBe(true);
    const undecided = [provider, patient, { ...maria, recording_consent: null }];
    expect(
      asGuest(callJoined({ recording_consent: true, participants: undecided })).consent,
    ).toBeNull();
  });

  it("tells a newcomer's no from somebody's change of mind", () => {
    const no = { ...maria, recording_consent: false };
    const declined = stateAfter(
      ...running,
      present(provider, patient, asked),
      present(provider, patient, no),
      recording("stopped"),
    );
    expect(declined.consentChange).toBe("declined");
    expect(declined.decision).toEqual({ userId: "m", given: false, first: true });
    const withdrawn = stateAfter(
      ...running,
      present(provider, patient, maria),
      present(provider, { ...patient, recording_consent: false }, maria),
      recording("stopped"),
    );
    expect([withdrawn.consentChange, withdrawn.decision?.userId]).toEqual(["withdrawn", "a"]);
  });

  it("tells whose invitation is gone without them and why, until somebody else is asked", () => {
    const absentees = [
      {
        user_id: "m",
        name: "Maria Oliveira",
        role: "interpreter" as const,
        reason: "declined" as const,
      },
    ];
    const without = (...participants: Participant[]) =>
      ({ ...present(...participants), absentees }) as ServerMessage;
    const gone = [present(provider, patient, asked), without(provider, patient)];
    expect(stateAfter(...running, ...gone).absentee).toEqual(absentees[0]);
    const again = without(provider, patient, { ...asked, user_id: "s", name: "Sam Lee" });
    const later = stateAfter(...running, ...gone, again);
    expect(later.absentee).toBeNull();
    expect(later.absentees).toEqual(absentees);
    expect(stateAfter(callJoined({ absentees })).absentee).toBeNull(); // that was before this page
    expect(stateAfter(callJoined({ absentees })).absentees).toEqual(absentees);
    const accepted = [present(provider, patient, asked), present(provider, patient, maria)];
    expect(stateAfter(...running, ...accepted).absentee).toBeNull();
  });

  it("is over for a guest alone who hangs up without the server", () => {
    const guest = {
      ...initialState("m"),
      phase: "active" as const,
      participants: [provider, patient, maria],
    };
    expect(reduce(guest, { type: "hung_up", at: T0 }).ended?.reason).toBe("left");
    expect(reduce({ ...guest, userId: "a" }, { type: "hung_up", at: T0 }).ended?.reason).toBe(
      "hung_up",
    );
  });
});
