import { CircleCheck, CircleX, Undo2 } from "lucide-react";
import type { ConsentRecord } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatExactTime } from "../../shared/i18n/format";

const LOOKS = {
  given: { icon: CircleCheck, color: "text-success" },
  declined: { icon: CircleX, color: "text-faint" },
  withdrawn: { icon: Undo2, color: "text-warning" },
};

/** Every decision about this recording, in its order. */
export function Consents({ consents }: { consents: readonly ConsentRecord[] }) {
  if (consents.length === 0)
    return <p className="px-5 py-6 text-muted">{t("recording.consentsEmpty")}</p>;
  return (
    <ul className="divide-y divide-line">
      {consents.map((consent) => {
        const { icon: Icon, color } = LOOKS[consent.decision];
        return (
          <li
            key={`${consent.at} ${consent.user_name} ${consent.decision}`}
            className="flex gap-3.5 px-5 py-4"
          >
            <Icon aria-hidden className={`mt-0.5 size-5 shrink-0 ${color}`} />
            <div className="min-w-0">
              <p className="wrap-anywhere">
                <span className="font-semibold">{t(`recording.decision.${consent.decision}`)}</span>
                {" · "}
                {consent.user_name} ({t(`roles.${consent.role}`)})
              </p>
              <p className="text-sm text-muted">
                <time dateTime={consent.at}>{formatExactTime(consent.at)}</time>
              </p>
              <p className="mt-1 text-sm text-muted">
                {t("recording.textVersion", {
                  id: consent.text_id,
                  version: consent.text_version,
                  language: consent.language,
                })}
              </p>
              {consent.text_confirmed !== null && (
                <p className="mt-1 text-sm text-muted">
                  {t(consent.text_confirmed ? "recording.textShown" : "recording.textNotConfirmed")}
                </p>
              )}
              <p className="truncate font-mono text-xs text-faint" title={consent.text_sha256}>
                {t("recording.fingerprint", { hash: consent.text_sha256 })}
              </p>
              {consent.address && (
                <p className="mt-1 text-sm wrap-anywhere text-muted">
                  {t("recording.answeredFrom", {
                    address: consent.address,
                    browser: consent.user_agent ?? t("common.none"),
                  })}
                </p>
              )}
              {consent.text !== null && (
                <details className="mt-2 text-sm">
                  <summary className="cursor-pointer font-semibold text-accent-ink">
                    {t("recording.readText")}
                  </summary>
                  <p
                    lang={consent.language}
                    dir="auto"
                    className="mt-2 rounded-control bg-page p-3 wrap-anywhere whitespace-pre-line"
                  >
                    {consent.text}
                  </p>
                </details>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
