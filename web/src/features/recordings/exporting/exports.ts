/** Exports as words: what they have, how far they are, and what has become of them. Pure. */

import type { RecordingExport } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { formatDateTime, formatPercent } from "../../../shared/i18n/format";

export type Contents = "grid" | "screen" | "parts" | "encrypted";

/** What one may ask for; of a sealed recording the server can open nothing. */
export const choicesOf = (sealed: boolean): readonly Contents[] =>
  sealed ? ["encrypted"] : ["grid", "screen", "parts", "encrypted"];

export const asked = (choice: Contents): Pick<RecordingExport, "contents" | "layout"> =>
  choice === "grid" || choice === "screen"
    ? { contents: "film", layout: choice }
    : { contents: choice, layout: "grid" };

export const contentsOf = ({ contents, layout }: RecordingExport): Contents =>
  contents === "film" ? layout : contents;

export const isWaiting = ({ state }: RecordingExport): boolean =>
  state === "queued" || state === "running";

/** It was ready, and is gone before its time: whoever asked has to know. */
export const isLost = ({ failure, expires_at }: RecordingExport, now: Date): boolean =>
  failure === "key_lost" && Date.parse(expires_at ?? "") > now.getTime();

/** From 0 to 1, of the phase that it is in; null before it has begun. */
export function shareOf({ phase, done, total }: RecordingExport): number | null {
  return phase === null || total <= 0 ? null : Math.min(1, done / total);
}

/** Where it stands, in a sentence. */
export function standing(each: RecordingExport): string {
  const share = shareOf(each);
  if (each.state === "running" && each.phase !== null && share !== null)
    return t(`exports.phase.${each.phase}`, {
      share: formatPercent(Math.floor(share * 100) / 100),
    });
  if (each.state === "done")
    return t("exports.until", { time: formatDateTime(each.expires_at ?? each.requested_at) });
  if (each.failure !== null) return t(`exports.failure.${each.failure}`);
  return t(`exports.stands.${each.state === "running" ? "queued" : each.state}`);
}

/** What has become of exports since, for who does not see it; empty: nothing. */
export function news(
  before: readonly RecordingExport[],
  after: readonly RecordingExport[],
): string {
  return after
    .filter((each) => {
      const was = before.find(({ export_id }) => export_id === each.export_id);
      return was !== undefined && was.state !== each.state && !isWaiting(each);
    })
    .map((each) =>
      t("exports.news", { patient: each.patient_name, state: t(`exports.state.${each.state}`) }),
    )
    .join(" ");
}
