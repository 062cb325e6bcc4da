import { describe, expect, it } from "vitest";
import type { Participant, Pictures } from "../../../shared/api/signaling/messages";
import { announcements } from "./announcements";
import {
  accepted,
  callJoined,
  interpreter,
  patient,
  present,
  provider,
  stateAfter,
} from "./call.fixture";
import { Ladders } from "./ladders";
import { sized } from "./lines";
import { reduce } from "./reduce";
import { cameraSize, receivesScreen, showsCamera, weakness } from "./selectors";
import { ALL_PICTURES, type CallState, SOUND_ONLY } from "./state";
import type { Sample } from "./statistics";

const T = 1_000_000;
const withPictures = (person: Participant, pictures: Partial<Pictures>): Participant => ({
  ...person,
  pictures: { ...ALL_PICTURES, ...pictures },
});
const call = (...people: Participant[]): CallState => ({
  ...stateAfter(callJoined(), accepted, present(provider, ...people)),
  media: "connected",
});
const own = (state: CallState, pictures: Partial<Pictures>, at = T) =>
  reduce(state, { type: "pictures", pictures, at });

describe("what a network carries", () => {
  it("is told of whose it is and which way", () => {
    const state = own(call(withPictures(patient, { sends: "small", receives: "small" })), {
      receives: "none",
    });
    expect(weakness(state, "p")).toEqual({ way: "down", size: "none" });
    expect(weakness(state, "a")).toEqual({ way: "both", size: "small" });
    expect(weakness(own(state, { sends: "small" }), "p")).toEqual({ way: "down", size: "none" });
    expect(weakness(own(state, { sends: "none" }), "p")).toEqual({ way: "both", size: "none" });
    expect(weakness(call(withPictures(patient, SOUND_ONLY)), "a")).toBeNull();
  });

  it("is news for a moment when it is all again, unless its user wants no pictures", () => {
    const weak = own(call(patient), { sends: "small" });
    const better = own(weak, { sends: "full" }, T + 1000);
    expect(better.regained).toEqual({ userId: "p", way: "up", at: T + 1000 });
    expect(reduce(better, { type: "tick", at: T + 5000 }).regained).not.toBeNull();
    expect(reduce(better, { type: "tick", at: T + 9000 }).regained).toBeNull();
    expect(own(weak, SOUND_ONLY).regained).toBeNull();
    expect(own(better, SOUND_ONLY, T + 2000).regained).toBeNull();
    expect(own(better, { sends: "small" }, T + 2000).regained).toBeNull();
  });

  it("is none where only the camera went off", () => {
    const off = { ...patient, media: { ...patient.media, camera: false } };
    const weak = own(call(patient), { receives: "small" });
    expect(own({ ...weak, participants: [provider, off] }, ALL_PICTURES).regained).toBeNull();
    expect(own(weak, ALL_PICTURES).regained).toMatchObject({ userId: "p", way: "down" });
    const theirs = call(withPictures(patient, { sends: "small" }));
    expect(
      reduce(theirs, { type: "message", message: present(provider, off), at: T }).regained,
    ).toBe(null);
    expect(
      reduce(theirs, { type: "message", message: present(provider, patient), at: T }).regained,
    ).toMatchObject({ userId: "a", way: "up" });
  });

  it("is read out at each step, of everybody", () => {
    const state = call(patient);
    const small = own(state, { sends: "small" });
    expect(announcements(state, small)).toEqual([{ what: "weak", userId: "p" }]);
    expect(announcements(small, small)).toEqual([]);
    expect(announcements(small, own(small, { sends: "none" }))).toHaveLength(1);
    expect(announcements(small, own(small, { sends: "full" }))).toEqual([{ what: "regained" }]);
    const theirs = call(withPictures(patient, { receives: "none" }));
    expect(announcements(state, { ...theirs, userId: "p" })).toEqual([
      { what: "weak", userId: "a" },
    ]);
  });
});

describe("sound only", () => {
  it("shows no camera, and a screen on request", () => {
    const sharing = { ...patient, media: { ...patient.media, screen: true } };
    const state = own(call(sharing), SOUND_ONLY);
    expect(showsCamera(state, sharing)).toBe(false);
    expect(receivesScreen(state)).toBe(false);
    expect(receivesScreen(own(state, { screen: true }))).toBe(true);
    expect(showsCamera(call(patient), patient)).toBe(true);
    expect(showsCamera(call(patient), withPictures(patient, { sends: "none" }))).toBe(false);
  });

  it("is read out once, without the camera that goes off with it", () => {
    const state = call(patient);
    const chosen = own(state, SOUND_ONLY);
    const off = reduce(chosen, { type: "own_media", own: { camera: false }, at: T });
    expect(announcements(state, off)).toEqual([{ what: "sound_only" }]);
    const theirs = withPictures(patient, SOUND_ONLY);
    const cameraOff = { ...theirs, media: { ...theirs.media, camera: false } };
    expect(announcements(state, call(cameraOff))).toEqual([
      { what: "other_sound_only", name: "Alex Morgan" },
    ]);
    expect(announcements(call(theirs), call(cameraOff))).toEqual([]);
  });
});

describe("the picture that is sent", () => {
  it("is no larger than whoever watches can use, nor than the own network carries", () => {
    const weak = withPictures(patient, { receives: "small" });
    expect(cameraSize(call(patient))).toBe("full");
    expect(cameraSize(call(weak))).toBe("small");
    expect(cameraSize(call(withPictures(patient, { receives: "none" })))).toBe("small");
    expect(cameraSize(call(weak, interpreter))).toBe("full"); // layers serve each
    expect(cameraSize(call(weak, withPictures(interpreter, SOUND_ONLY)))).toBe("small");
    expect(cameraSize(call(withPictures(patient, SOUND_ONLY)))).toBe("full"); // for the recording
    expect(cameraSize(own(call(weak), { sends: "none" }))).toBe("none");
  });

  it("is scaled by its shorter side, or is the smallest layer", () => {
    const upright = { getSettings: () => ({ width: 720, height: 1280 }) };
    const usual = [{ maxBitrate: 2_500_000 }];
    const [small] = sized(usual, "small", upright);
    expect(small).toMatchObject({ active: true, scaleResolutionDownBy: 4, maxFramerate: 15 });
    expect(sized([small ?? {}], "full", upright)).toEqual([
      { active: true, scaleResolutionDownBy: 1, maxBitrate: 2_500_000 },
    ]);
    expect(sized(usual, "small", null)).toMatchObject([{ scaleResolutionDownBy: 1 }]);
    expect(sized(usual, "none", upright)).toMatchObject([{ active: false }]);
    const layers = [{ rid: "f" }, { rid: "h" }, { rid: "q" }];
    const active = (size: "full" | "small" | "none") =>
      sized(layers, size, upright).map((layer) => layer.active);
    expect([active("full"), active("small"), active("none")]).toEqual([
      [true, true, true],
      [false, false, true],
      [false, false, false],
    ]);
  });
});

describe("the ladders of both ways", () => {
  const state = call(patient);
  const rungs = (
    seconds: number,
    sample: Partial<Sample>,
    now = state,
    ladders = new Ladders(),
  ) => {
    let last = {};
    for (let at = 0; at <= seconds * 1000; at += 500)
      last = ladders.update({ at, uplinkLoss: 0, heldBackToBps: null, ...sample } as Sample, now);
    return last;
  };

  it("are apart", () => {
    expect(rungs(5, { uplinkLoss: 0.4 })).toEqual({ sends: "small", receives: "full" });
    const ladders = new Ladders();
    ladders.told({ loss: 0.4, carries_bps: null, limit_bps: null });
    expect(rungs(5, {}, state, ladders)).toEqual({ sends: "full", receives: "small" });
  });

  it("do not take for this network what the others' hold back", () => {
    const ladders = new Ladders();
    ladders.told({ loss: 0, carries_bps: null, limit_bps: 150_000 });
    const held = { heldBackToBps: 150_000 };
    expect(rungs(5, held, state, ladders)).toEqual({ sends: "full", receives: "full" });
    expect(rungs(5, held)).toEqual({ sends: "small", receives: "full" });
  });

  it("rest where there is no camera, or none is wanted", () => {
    const bad = { uplinkLoss: 0.4 };
    const rest = { sends: "full", receives: "full" };
    expect(rungs(9, bad, own(state, SOUND_ONLY))).toEqual(rest);
    expect(rungs(9, bad, { ...state, own: { ...state.own, camera: false } })).toEqual(rest);
    expect(rungs(9, bad, { ...state, audioOnly: true })).toEqual(rest);
  });
});
