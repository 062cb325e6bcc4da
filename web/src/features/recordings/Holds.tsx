import { Lock, LockOpen } from "lucide-react";
import { useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { LegalHold, RecordingDetail } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatExactTime } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { ReasonDialog } from "../../shared/ui/ReasonDialog";

export interface HoldsProps extends Pick<RecordingDetail, "holds"> {
  recordingId: string;
  mayPlace: boolean;
  /** Something was placed or released. */
  onChange: () => void;
}

/** Why the recording must not be erased, and what held it before. */
export function Holds({ recordingId, holds, mayPlace, onChange }: HoldsProps) {
  const [placing, setPlacing] = useState(false);
  const [releasing, setReleasing] = useState<LegalHold | null>(null);
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 border-b border-line px-5 py-3.5">
        <p className="max-w-prose text-sm text-muted">{t("keeping.holdsNote")}</p>
        {mayPlace && (
          <Button variant="secondary" size="small" onPress={() => setPlacing(true)}>
            {t("keeping.place")}
          </Button>
        )}
      </div>
      {holds.length === 0 ? (
        <p className="px-5 py-6 text-muted">{t("keeping.holdsEmpty")}</p>
      ) : (
        <ul className="divide-y divide-line">
          {holds.map((hold) => (
            <Hold key={hold.hold_id} hold={hold} onRelease={() => setReleasing(hold)} />
          ))}
        </ul>
      )}
      {placing && (
        <ReasonDialog
          title={t("keeping.placeTitle")}
          text={t("keeping.placeText")}
          confirm={t("keeping.place")}
          onClose={() => setPlacing(false)}
          onConfirm={(reason) => api.placeHold(recordingId, reason).then(onChange)}
        />
      )}
      {releasing && (
        <ReasonDialog
          title={t("keeping.releaseTitle")}
          text={t("keeping.releaseText", { reason: releasing.reason })}
          confirm={t("keeping.release")}
          onClose={() => setReleasing(null)}
          onConfirm={(reason) =>
            api.releaseHold(recordingId, releasing.hold_id, reason).then(onChange)
          }
        />
      )}
    </>
  );
}

function Hold({ hold, onRelease }: { hold: LegalHold; onRelease: () => void }) {
  const { placed_at, placed_by_name, reason, released_at, released_by_name, release_reason } = hold;
  const Icon = released_at ? LockOpen : Lock;
  return (
    <li className="flex items-start gap-3.5 px-5 py-4">
      <Icon
        aria-hidden
        className={`mt-0.5 size-5 shrink-0 ${released_at ? "text-faint" : "text-warning-ink"}`}
      />
      <div className="min-w-0 flex-1 wrap-anywhere">
        <p className="font-semibold">{reason}</p>
        <p className="text-sm text-muted">
          {t("keeping.placedBy", { name: placed_by_name })}
          {" · "}
          <time dateTime={placed_at}>{formatExactTime(placed_at)}</time>
        </p>
        {released_at && (
          <p className="mt-1 text-sm text-muted">
            {t("keeping.releasedBy", {
              name: released_by_name ?? "",
              reason: release_reason ?? "",
            })}
            {" · "}
            <time dateTime={released_at}>{formatExactTime(released_at)}</time>
          </p>
        )}
      </div>
      {!released_at && (
        <Button
          variant="quiet"
          size="small"
          aria-label={t("keeping.releaseOf", { reason })}
          onPress={onRelease}
        >
          {t("keeping.release")}
        </Button>
      )}
    </li>
  );
}
