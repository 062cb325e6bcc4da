/** What the database says of a recording and its parts, as far as the data key proves it. */

import type { ProvedRow, RecordingPart } from "../../../../shared/api/schema";
import { fromHex } from "./bytes";
import type { DataKey } from "./datakey";

/** Of `recordings`. */
interface RecordingRow {
  readonly recording_id: string;
}

/** Of `recording_parts`. */
export interface PartRow
  extends Pick<
    RecordingPart,
    | "part_id"
    | "participant_id"
    | "source"
    | "media_type"
    | "offset_ms"
    | "duration_ms"
    | "size_bytes"
    | "state"
    | "losses"
  > {
  readonly recording_id: string;
  /** In hexadecimal digits. */
  readonly seek_header: string;
  readonly body_offset: number;
}

/** Null: it is not as the server wrote it, or of another recording. */
export const recordingRow = (key: DataKey, row: ProvedRow, recordingId: string) =>
  proved<RecordingRow>(key, "carelay recording metadata 1", row, recordingId);

/** Null: it is not as the server wrote it, or of another recording. */
export const partRow = (key: DataKey, row: ProvedRow, recordingId: string) =>
  proved<PartRow>(key, "carelay part metadata 1", row, recordingId);

/** Nothing is read of the text before it is known to be the server's. */
async function proved<Row extends RecordingRow>(
  key: DataKey,
  purpose: string,
  { row, mac }: ProvedRow,
  recordingId: string,
): Promise<Row | null> {
  if (mac === null || !(await key.wrote(purpose, row, fromHex(mac)))) return null;
  const read = JSON.parse(row) as Row;
  return read.recording_id === recordingId ? read : null;
}
