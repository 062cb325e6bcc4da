import { type ApiError, refusalOf } from "../../shared/api/client";
import { api } from "../../shared/api/endpoints";
import type { RecordingPart } from "../../shared/api/schema";

/** The browser saves it; null, or why it cannot be had, of which the browser would say nothing. */
export async function download(
  recordingId: string,
  part: RecordingPart,
  playbackId: string,
): Promise<ApiError | null> {
  const url = api.downloadUrl(recordingId, part.part_id, playbackId);
  const problem = await refusalOf(url);
  if (problem !== null) return problem;
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
  return null;
}
