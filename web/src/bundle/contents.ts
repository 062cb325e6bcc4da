/** What a bundle says of its recording: signaling/recordings/exporting/documents.py writes it. */

import type {
  AuditEntry,
  ConsentRecord,
  RecordingDetail,
  RecordingGap,
  RecordingPart,
  Timeline,
} from "../shared/api/schema";
import type { Files } from "./core/files";
import { octetsOf } from "./core/files";
import type { ProvedRow } from "./core/log";

type Purpose = "TREAT" | "PATRQT" | "HLEGAL" | "HQUALIMP" | "HOPERAT";
export type LeftOut = "lost" | "missing" | "damaged" | "changed" | "torn";

export interface Made {
  at: string;
  by_name: string | null;
  purpose: Purpose | null;
  reason: string | null;
  practice: string;
  version: string;
}

interface BundledRecording {
  room_id: string;
  started_at: string;
  duration_ms: number;
  patient_name: string;
  provider_name: string;
  guest_names: string[];
  made: Made;
  film: { file: string } | null;
  parts: (Pick<
    RecordingPart,
    | "part_id"
    | "participant_id"
    | "participant_name"
    | "participant_role"
    | "source"
    | "media_type"
    | "offset_ms"
    | "duration_ms"
  > & { file: string | null })[];
}

interface Completeness {
  authenticity: RecordingDetail["authenticity"];
  gaps: RecordingGap[] | null;
  parts: (Pick<RecordingPart, "part_id" | "state" | "authenticity" | "losses"> & {
    left_out: LeftOut | null;
  })[];
  audit_rows_not_signed: number;
}

/** All that the page shows; parts as the pages of the server know them. */
export interface Contents {
  recording: BundledRecording;
  parts: RecordingPart[];
  gaps: RecordingGap[] | null;
  timeline: Timeline;
  leftOut: { part: RecordingPart; why: LeftOut }[];
  rowsNotSigned: number;
  consents: ConsentRecord[];
  log: AuditEntry[];
  /** part_id → where it is, for a media element. */
  urls: Record<string, string>;
  film: string | null;
}

/** Of a bundle that was found to be as it was made. */
export async function contentsOf(files: Files, rows: readonly ProvedRow[]): Promise<Contents> {
  const recording = await json<BundledRecording>(files, "description.json");
  const completeness = await json<Completeness>(files, "completeness.json");
  const parts = recording.parts.map(({ file, ...part }): RecordingPart => {
    const known = completeness.parts.find(({ part_id }) => part_id === part.part_id);
    return {
      ...part,
      size_bytes: (file && files.file(file)?.size) || 0,
      state: known?.left_out ? "lost" : (known?.state ?? "lost"),
      authenticity: known?.authenticity ?? "unknown",
      losses: known?.losses ?? null,
    };
  });
  return {
    recording,
    parts,
    gaps: completeness.gaps,
    timeline: await timelineOf(files),
    leftOut: completeness.parts.flatMap(({ part_id, left_out }) => {
      const part = parts.find((each) => each.part_id === part_id);
      return part && left_out ? [{ part, why: left_out }] : [];
    }),
    rowsNotSigned: completeness.audit_rows_not_signed,
    consents: await consentsOf(files),
    log: rows.map(entryOf),
    urls: Object.fromEntries(
      recording.parts.flatMap(({ part_id, file, media_type }) => {
        const url = file && urlOf(files, file, media_type);
        return url ? [[part_id, url]] : [];
      }),
    ),
    film: recording.film && urlOf(files, recording.film.file, "video/mp4"),
  };
}

/** Bundles of earlier versions have none. */
async function timelineOf(files: Files): Promise<Timeline> {
  const path = "timeline.json";
  return files.file(path) === undefined ? { events: [], connections: [] } : json(files, path);
}

async function consentsOf(files: Files): Promise<ConsentRecord[]> {
  type Listed = { record: ConsentRecord; text_file: string | null }[];
  const listed = await json<Listed>(files, "consents.json");
  return Promise.all(
    listed.map(async ({ record, text_file }) => ({
      ...record,
      text: text_file === null ? null : await text(files, text_file),
    })),
  );
}

/** A row as it was hashed. */
function entryOf({ leaf }: ProvedRow): AuditEntry {
  const row = JSON.parse(new TextDecoder().decode(leaf));
  return { ...row, detail: JSON.parse(row.detail) };
}

/** A stretch of what was chosen, of which a player reads what it needs. */
function urlOf(files: Files, path: string, type: string): string | null {
  const blob = files.file(path);
  return blob ? URL.createObjectURL(blob.slice(0, blob.size, type.split(";")[0])) : null;
}

async function text(files: Files, path: string): Promise<string> {
  const blob = files.file(path);
  if (blob === undefined) throw new Error(path);
  return new TextDecoder().decode(await octetsOf(blob));
}

const json = async <T>(files: Files, path: string): Promise<T> =>
  JSON.parse(await text(files, path));
