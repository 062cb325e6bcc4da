/**
 * What arrives, by participant: one MediaStream for microphone and camera, one for a shared screen.
 */
import { Emitter } from "../../../shared/api/signaling/emitter";
import type { SlotAssignment } from "../../../shared/api/signaling/messages";

export interface RemoteStream {
  userId: string;
  /** `camera` holds the microphone too, so that the browser keeps lips and voice together. */
  kind: "camera" | "screen";
  /** null: this participant's stream ended. */
  stream: MediaStream | null;
}

/**
 * `person` is for hosts that show one stream: the voice, with the shared screen or else the camera.
 */
type Kind = RemoteStream["kind"] | "person";

interface Playing {
  userId: string;
  kind: Kind;
  stream: MediaStream;
}

export class RemoteStreams {
  readonly #playing = new Map<string, Playing>();
  readonly #changes = new Emitter<RemoteStream>();
  #assigning = 0;
  /** One stream for each other participant, once, when it begins. */
  readonly persons = new Emitter<MediaStream>();

  onChange(listener: (remote: RemoteStream) => void): () => void {
    return this.#changes.on(listener);
  }

  get(userId: string, kind: Kind): MediaStream | null {
    return this.#playing.get(key(userId, kind))?.stream ?? null;
  }

  all(): readonly RemoteStream[] {
    return [...this.#playing.values()].filter(isRemoteStream);
  }

  allPersons(): readonly MediaStream[] {
    return [...this.#playing.values()]
      .filter(({ kind }) => kind === "person")
      .map(({ stream }) => stream);
  }

  /**
   * Makes the streams what the server says arrives; tracks move in place, so that a playing element
   * plays on. A camera joins once something of it has come: an element that waits for a first
   * picture plays no sound in Chromium.
   */
  assign(
    assignments: readonly SlotAssignment[],
    incoming: (mid: string) => MediaStreamTrack | null,
  ): void {
    const assigning = ++this.#assigning;
    const again = () => {
      if (assigning === this.#assigning) this.assign(assignments, incoming);
    };
    const wanted = grouped(awaited(assignments, incoming, again), incoming);
    for (const playing of [...this.#playing.values()]) {
      if (!wanted.has(key(playing.userId, playing.kind))) this.#remove(playing);
    }
    for (const group of wanted.values()) this.#fill(group);
  }

  clear(): void {
    this.#assigning++;
    for (const playing of [...this.#playing.values()]) this.#remove(playing);
  }

  #fill({ userId, kind, tracks }: Group): void {
    const known = this.#playing.get(key(userId, kind));
    if (known !== undefined) {
      replaceTracks(known.stream, tracks);
      return;
    }
    const playing = { userId, kind, stream: new MediaStream(tracks) };
    this.#playing.set(key(userId, kind), playing);
    if (isRemoteStream(playing)) this.#changes.emit(playing);
    else this.persons.emit(playing.stream);
  }

  #remove(playing: Playing): void {
    this.#playing.delete(key(playing.userId, playing.kind));
    if (isRemoteStream(playing)) this.#changes.emit({ ...playing, stream: null });
  }
}

/** All but the cameras of which nothing has come yet; `came` is called when something does. */
function awaited(
  assignments: readonly SlotAssignment[],
  incoming: (mid: string) => MediaStreamTrack | null,
  came: () => void,
): SlotAssignment[] {
  return assignments.filter(({ mid, source }) => {
    const track = source === "camera" ? incoming(mid) : null;
    if (!track?.muted) return true;
    track.addEventListener("unmute", came, { once: true });
    return false;
  });
}

function isRemoteStream(playing: Playing): playing is RemoteStream & { stream: MediaStream } {
  return playing.kind !== "person";
}

interface Group {
  userId: string;
  kind: Kind;
  tracks: MediaStreamTrack[];
}

function grouped(
  assignments: readonly SlotAssignment[],
  incoming: (mid: string) => MediaStreamTrack | null,
): Map<string, Group> {
  const groups = new Map<string, Group>();
  const add = (userId: string, kind: Kind, track: MediaStreamTrack) => {
    const group = groups.get(key(userId, kind)) ?? { userId, kind, tracks: [] };
    group.tracks.push(track);
    groups.set(key(userId, kind), group);
  };
  const arriving = assignments.flatMap(({ mid, user_id: userId, source }) => {
    const track = incoming(mid);
    return track === null ? [] : [{ userId, source, track }];
  });
  const sharing = new Set(
    arriving.filter(({ source }) => source === "screen").map(({ userId }) => userId),
  );
  for (const { userId, source, track } of arriving) {
    add(userId, source === "screen" ? "screen" : "camera", track);
    if (source !== "camera" || !sharing.has(userId)) add(userId, "person", track);
  }
  return groups;
}

function replaceTracks(stream: MediaStream, tracks: MediaStreamTrack[]): void {
  for (const track of stream.getTracks()) if (!tracks.includes(track)) stream.removeTrack(track);
  for (const track of tracks) stream.addTrack(track); // adding a present track does nothing
}

function key(userId: string, kind: Kind): string {
  return `${kind} ${userId}`;
}
