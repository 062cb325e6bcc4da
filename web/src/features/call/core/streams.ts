/** What arrives, by participant: one MediaStream for microphone and camera, one for a shared screen. */
import { Emitter } from "../../../shared/api/signaling/emitter";
import type { SlotAssignment } from "../../../shared/api/signaling/messages";

export interface RemoteStream {
  userId: string;
  /** `camera` holds the microphone too, so that the browser keeps lips and voice together. */
  kind: "camera" | "screen";
  /** null: this participant's stream ended. */
  stream: MediaStream | null;
}

export class RemoteStreams {
  readonly #streams = new Map<string, RemoteStream & { stream: MediaStream }>();
  readonly #changes = new Emitter<RemoteStream>();

  onChange(listener: (remote: RemoteStream) => void): () => void {
    return this.#changes.on(listener);
  }

  get(userId: string, kind: RemoteStream["kind"]): MediaStream | null {
    return this.#streams.get(key(userId, kind))?.stream ?? null;
  }

  all(): readonly RemoteStream[] {
    return [...this.#streams.values()];
  }

  /** Makes the streams what the server says arrives; tracks move in place, so that a playing element plays on. */
  assign(assignments: readonly SlotAssignment[], incoming: (mid: string) => MediaStreamTrack | null): void {
    const wanted = grouped(assignments, incoming);
    for (const { userId, kind } of this.all()) {
      if (!wanted.has(key(userId, kind))) this.#remove(userId, kind);
    }
    for (const { userId, kind, tracks } of wanted.values()) this.#fill(userId, kind, tracks);
  }

  clear(): void {
    for (const { userId, kind } of this.all()) this.#remove(userId, kind);
  }

  #fill(userId: string, kind: RemoteStream["kind"], tracks: MediaStreamTrack[]): void {
    const known = this.#streams.get(key(userId, kind));
    if (known !== undefined) {
      replaceTracks(known.stream, tracks);
      return;
    }
    const remote = { userId, kind, stream: new MediaStream(tracks) };
    this.#streams.set(key(userId, kind), remote);
    this.#changes.emit(remote);
  }

  #remove(userId: string, kind: RemoteStream["kind"]): void {
    this.#streams.delete(key(userId, kind));
    this.#changes.emit({ userId, kind, stream: null });
  }
}

interface Group {
  userId: string;
  kind: RemoteStream["kind"];
  tracks: MediaStreamTrack[];
}

function grouped(
  assignments: readonly SlotAssignment[],
  incoming: (mid: string) => MediaStreamTrack | null,
): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const { mid, user_id: userId, source } of assignments) {
    const track = incoming(mid);
    if (track === null) continue;
    const kind = source === "screen" ? "screen" : "camera";
    const group = groups.get(key(userId, kind)) ?? { userId, kind, tracks: [] };
    group.tracks.push(track);
    groups.set(key(userId, kind), group);
  }
  return groups;
}

function replaceTracks(stream: MediaStream, tracks: MediaStreamTrack[]): void {
  for (const track of stream.getTracks()) if (!tracks.includes(track)) stream.removeTrack(track);
  for (const track of tracks) stream.addTrack(track); // adding a present track does nothing
}

function key(userId: string, kind: RemoteStream["kind"]): string {
  return `${kind} ${userId}`;
}
