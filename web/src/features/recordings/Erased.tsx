import type { Erasure } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatExactTime } from "../../shared/i18n/format";
import { Notice } from "../../shared/ui/Notice";

/** Instead of the player: that the recording is gone, since when, and why. */
export function Erased({ erasure }: { erasure: Erasure }) {
  const { erased_at, erased_by_name, basis, reason, files_deleted_at } = erasure;
  const time = formatExactTime(erased_at);
  return (
    <Notice title={t("keeping.erasedTitle")}>
      <p>
        {erased_by_name
          ? t(basis === "withdrawal" ? "keeping.erasedWithdrawn" : "keeping.erasedBy", {
              name: erased_by_name,
              time,
            })
          : t("keeping.erasedByServer", { time })}{" "}
        {t(`keeping.basis.${basis}`)}
      </p>
      {reason && <p className="mt-1">{t("keeping.erasedReason", { reason })}</p>}
      <p className="mt-1">
        {files_deleted_at
          ? t("keeping.filesDeleted", { time: formatExactTime(files_deleted_at) })
          : t("keeping.filesLeft")}
      </p>
    </Notice>
  );
}
