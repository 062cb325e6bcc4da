import { beforeEach, describe, expect, it, vi } from "vitest";
import type { SlotAssignment } from "../../../shared/api/signaling/messages";
import { type RemoteStream, RemoteStreams } from "./streams";

/** As much of MediaStream as is used; tracks are told apart by identity. */
class TrackSet {
  #tracks: unknown[];
  constructor(tracks: unknown[] = []) {
    this.#tracks = [...tracks];
  }
  getTracks(): unknown[] {
    return [...this.#tracks];
  }
  addTrack(track: unknown): void {
    if (!this.#tracks.includes(track)) this.#tracks.push(track);
  }
  removeTrack(track: unknown): void {
    this.#tracks = this.#tracks.filter((present) => present !== track);
  }
}

const track = (mid: string) => ({ mid }) as unknown as MediaStreamTrack;
const tracks = new Map(["2", "3", "4"].map((mid) => [mid, track(mid)]));
const incoming = (mid: string) => tracks.get(mid) ?? null;
const mic: SlotAssignment = { mid: "2", user_id: "a", source: "microphone" };
const camera: SlotAssignment = { mid: "3", user_id: "a", source: "camera" };
const screen: SlotAssignment = { mid: "4", user_id: "a", source: "screen" };

describe("streams of the others", () => {
  let streams: RemoteStreams;
  let changes: RemoteStream[];

  beforeEach(() => {
    vi.stubGlobal("MediaStream", TrackSet);
    streams = new RemoteStreams();
    changes = [];
    streams.onChange((change) => changes.push(change));
  });

  it("joins microphone and camera of one person, and keeps the screen apart", () => {
    streams.assign([mic, camera, screen], incoming);
    expect(streams.get("a", "camera")?.getTracks()).toEqual([tracks.get("2"), tracks.get("3")]);
    expect(streams.get("a", "screen")?.getTracks()).toEqual([tracks.get("4")]);
    expect(changes.map(({ kind }) => kind)).toEqual(["camera", "screen"]);
  });

  it("moves tracks within the stream that is playing", () => {
    streams.assign([mic], incoming);
    const playing = streams.get("a", "camera");
    streams.assign([mic, camera], incoming);
    expect(streams.get("a", "camera")).toBe(playing);
    expect(playing?.getTracks()).toHaveLength(2);
    expect(changes).toHaveLength(1);
  });

  it("adds a camera once something of it has come, as long as it is still assigned", () => {
    const waiting = new Map<string, () => void>();
    const dark = (mid: string) => {
      const silent = Object.assign(new EventTarget(), { mid, muted: true });
      waiting.set(mid, () => {
        silent.muted = false;
        silent.dispatchEvent(new Event("unmute"));
      });
      return silent as unknown as MediaStreamTrack;
    };
    const [first, second] = [dark("3"), dark("5")];
    const cameras = new Map([
      ["3", first],
      ["5", second],
    ]);
    const arriving = (mid: string) => cameras.get(mid) ?? incoming(mid);
    streams.assign([mic, camera], arriving);
    expect(streams.get("a", "camera")?.getTracks()).toEqual([tracks.get("2")]);
    streams.assign([mic, { ...camera, mid: "5" }], arriving);
    waiting.get("3")?.();
    expect(streams.get("a", "camera")?.getTracks()).toEqual([tracks.get("2")]);
    waiting.get("5")?.();
    expect(streams.get("a", "camera")?.getTracks()).toEqual([tracks.get("2"), second]);
    expect(changes).toHaveLength(1);
  });

  it("tells the end of a stream", () => {
    streams.assign([mic, screen], incoming);
    streams.assign([mic], incoming);
    expect(changes.at(-1)).toEqual({ userId: "a", kind: "screen", stream: null });
    expect(streams.get("a", "screen")).toBeNull();
  });

  it("gives a person one stream, in which a shared screen takes the camera's place", () => {
    const told: MediaStream[] = [];
    streams.persons.handler = (stream) => told.push(stream);
    streams.assign([mic, camera], incoming);
    const [person] = told;
    expect(person?.getTracks()).toEqual([tracks.get("2"), tracks.get("3")]);
    streams.assign([mic, camera, screen], incoming);
    expect(person?.getTracks()).toEqual([tracks.get("2"), tracks.get("4")]);
    streams.assign([mic, camera], incoming);
    expect(person?.getTracks()).toEqual([tracks.get("2"), tracks.get("3")]);
    expect(told).toHaveLength(1);
    expect(streams.allPersons()).toEqual(told);
    streams.clear();
    expect(streams.allPersons()).toEqual([]);
  });

  it("waits for an m-line that it does not have yet", () => {
    streams.assign([{ ...camera, mid: "9" }], incoming);
    expect(streams.all()).toEqual([]);
  });
});
