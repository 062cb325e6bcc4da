import { t } from "../i18n/start";
import { Spinner } from "./Spinner";

/** A whole page that waits for its code, or for who it is shown to. */
export function Starting() {
  return (
    <div role="status" className="flex min-h-dvh items-center justify-center text-accent-ink">
      <Spinner className="size-8" />
      <span className="sr-only">{t("common.loading")}</span>
    </div>
  );
}
