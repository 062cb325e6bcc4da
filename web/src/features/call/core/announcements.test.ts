import { describe, expect, it } from "vitest";
import type { Participant } from "../../../shared/api/signaling/messages";
import { announcements } from "./announcements";
import { patient } from "./call.fixture";
import { type CallState, initialState } from "./state";

const alex: Participant = { ...patient, name: "Alex" };
const base: CallState = {
  ...initialState("p"),
  phase: "active",
  socketOpen: true,
  media: "connected",
  participants: [alex],
};

const said = (changes: Partial<CallState>) => announcements(base, { ...base, ...changes });

describe("what a screen reader is told", () => {
  it("is nothing when nothing changed", () => {
    expect(said({})).toEqual([]);
  });

  it("is every change of the recording", () => {
    expect(
      said({ recording: { state: "recording", reason: null, parameters: {}, earlier: null } }),
    ).toEqual([{ what: "recording", state: "recording" }]);
  });

  it("is a device that went or came back", () => {
    const deviceMove = { kind: "microphone", event: "fell_back", label: "Built-in" } as const;
    expect(said({ deviceMove })).toEqual([{ what: "device_moved" }]);
    expect(announcements({ ...base, deviceMove }, { ...base, deviceMove })).toEqual([]);
  });

  it("is who comes and goes", () => {
    expect(said({ participants: [{ ...alex, connected: false }] })).toEqual([
      { what: "left", name: "Alex" },
    ]);
    expect(announcements({ ...base, participants: [] }, base)).toEqual([
      { what: "joined", name: "Alex" },
    ]);
  });

  it("is what the other side switches on and off", () => {
    const muted = {
      ...alex,
      media: { microphone: false, camera: true, screen: true, unavailable: [] },
    };
    expect(said({ participants: [muted] })).toEqual([
      { what: "other_muted", name: "Alex" },
      { what: "other_sharing", name: "Alex" },
    ]);
  });

  it("is the own mute, camera and screen", () => {
    const own = { microphone: false, camera: false, screen: true, unavailable: [] };
    expect(said({ own }).map(({ what }) => what)).toEqual(["muted", "camera_off", "sharing"]);
  });

  it("is an interruption and its end, once each", () => {
    expect(said({ media: "reconnecting" })).toEqual([{ what: "reconnecting" }]);
    expect(said({ socketOpen: false })).toEqual([]);
    expect(announcements({ ...base, media: "reconnecting" }, base)).toEqual([
      { what: "reconnected" },
    ]);
  });

  it("is an emergency before anything else", () => {
    const emergency = {
      raisedBy: "Alex",
      phone: "112",
      instructions: "",
      practicePhone: "",
      reached: [],
      pending: false,
      acknowledgedBy: null,
    };
    expect(said({ emergency, endWarned: true }).map(({ what }) => what)).toEqual([
      "emergency",
      "warning",
    ]);
  });

  it("is who is invited, does not come, and leaves", () => {
    const asked = { ...alex, user_id: "m", name: "Maria", invited: true, connected: false };
    const inviting = { ...base, participants: [alex, asked] };
    expect(announcements(base, inviting)).toEqual([{ what: "invited", name: "Maria" }]);
    expect(announcements(inviting, base)).toEqual([
      { what: "not_coming", name: "Maria", why: null },
    ]);
    const absentees = [
      { user_id: "m", name: "Maria", role: "observer", reason: "missed" },
    ] as const;
    const missed = { ...base, absentees };
    expect(announcements(inviting, missed)).toEqual([
      { what: "not_coming", name: "Maria", why: "missed" },
    ]);
    const there = { ...base, participants: [alex, { ...asked, invited: false, connected: true }] };
    expect(announcements(inviting, there)).toEqual([{ what: "joined", name: "Maria" }]);
    expect(announcements(there, base)).toEqual([{ what: "gone", name: "Maria" }]);
  });
});
