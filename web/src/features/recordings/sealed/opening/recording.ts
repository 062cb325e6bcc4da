/** A sealed recording, opened with a private key: whose parts are proved, and can be read. */

import type { RecordingPart, SealedRecording } from "../../../../shared/api/schema";
import { type Bytes, fromBase64 } from "./bytes";
import { CHUNK } from "./cobblestone";
import type { DataKey } from "./datakey";
import { openTorn, openWhole, type Playable } from "./part";
import type { PrivateKey } from "./privatekey";
import { type PartRow, partRow, recordingRow } from "./rows";
import type { Ciphertext } from "./storedfile";
import { Trouble, type TroubleCode } from "./trouble";

/** Octets: a chunk that was being written, and its neighbour on the disk. */
const MOST_TORN = 2 * CHUNK;

type Sealed = SealedRecording["parts"][number];

/** What is proved of a part, and what keeps it from being played. */
export interface OpenedPart extends Pick<RecordingPart, "part_id"> {
  readonly row: Omit<PartRow, "recording_id" | "seek_header" | "body_offset"> | null;
  readonly trouble: TroubleCode | null;
}

export interface Opened {
  /** Neither its row nor the list of its parts was changed. */
  readonly isAuthentic: boolean;
  readonly parts: readonly OpenedPart[];
  readonly playable: ReadonlyMap<string, Playable>;
}

export interface Files {
  of(url: string): Ciphertext;
  /** What lies beside the file of a torn part; nothing where there is none. */
  tail(url: string): Promise<Bytes>;
}

/** Of how much there is to read before a torn part can be played, in octets. */
export type Told = (partId: string, done: number, of: number) => void;

/**
 * Throws Trouble where nothing of it can be opened, and Refused where the server says no. What is
 * wrong with one part keeps no other closed.
 */
export async function openRecording(
  key: PrivateKey,
  sealed: SealedRecording,
  files: Files,
  told: Told,
): Promise<Opened> {
  if (sealed.key_id !== key.keyId) throw new Trouble("other_key");
  const recordingId = sealed.recording_id;
  const dataKey = await key.unwrap(fromBase64(sealed.wrapped_key), recordingId);
  // Anybody can seal to a public key: it is the log that says which key this recording has.
  if (sealed.data_key_sha256 !== dataKey.digest) throw new Trouble("another_recording");
  const playable = new Map<string, Playable>();
  const open = async (part: Sealed): Promise<OpenedPart> => {
    const { part_id } = part;
    const row = await partRow(dataKey, part.proved, recordingId);
    if (row?.part_id !== part_id) return { part_id, row: null, trouble: "part_changed" };
    try {
      const found = await openPart(dataKey, part, row, files, told);
      playable.set(part_id, found);
      const trouble = found.unread > MOST_TORN ? "part_ends_early" : null;
      return { part_id, row: shown(row, found), trouble };
    } catch (error) {
      if (error instanceof Trouble) return { part_id, row: shown(row, null), trouble: error.code };
      throw error;
    }
  };
  const parts = await Promise.all(sealed.parts.map(open));
  const isAuthentic = (await recordingRow(dataKey, sealed.proved, recordingId)) !== null;
  return { isAuthentic, parts, playable };
}

async function openPart(
  key: DataKey,
  { part_id, url, tail_url }: Sealed,
  row: PartRow,
  files: Files,
  told: Told,
): Promise<Playable> {
  if (row.state === "lost" || url === null) throw new Trouble("part_lost");
  if (row.state !== "recording") return await openWhole(key, row, files.of(url));
  const tail = tail_url === null ? new Uint8Array(0) : await files.tail(tail_url);
  return await openTorn(key, row, files.of(url), tail, (done, of) => told(part_id, done, of));
}

function shown(
  { recording_id: _, seek_header: __, body_offset: ___, ...row }: PartRow,
  playable: Playable | null,
): NonNullable<OpenedPart["row"]> {
  // What is still being recorded in its row was torn: whoever found it so could not write it.
  const state = row.state === "recording" ? "torn" : row.state;
  if (playable === null) return { ...row, state };
  return { ...row, state, duration_ms: playable.durationMs, size_bytes: playable.size };
}
