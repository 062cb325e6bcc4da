import { Download, FileText } from "lucide-react";
import { useCallback } from "react";
import { api } from "../../shared/api/endpoints";
import { beginning } from "../../shared/api/pages";
import type { OwnConsent } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDateTime, formatExactTime } from "../../shared/i18n/format";
import { Badge } from "../../shared/ui/Badge";
import { Card } from "../../shared/ui/Card";
import { CardList } from "../../shared/ui/CardList";
import { Page } from "../../shared/ui/Page";
import { useKept } from "../../shared/ui/useKept";
import { useLoad } from "../../shared/ui/useLoad";

const TONES = { given: "good", declined: "neutral", withdrawn: "care" } as const;

/** What who is signed in was asked about recordings, with the words, to read and keep. */
export function ConsentsPage() {
  const [pages, setPages] = useKept("pages", 1);
  const load = useLoad(useCallback(() => newest(pages), [pages]));
  return (
    <Page
      title={t("consents.title")}
      subtitle={t("consents.subtitle")}
      isLoading={load.value === undefined}
    >
      <CardList
        load={load}
        empty={{
          icon: FileText,
          title: t("consents.emptyTitle"),
          text: t("consents.emptyText"),
        }}
        keyOf={({ consent_id }) => consent_id}
        onMore={() => setPages(pages + 1)}
      >
        {(consent) => <Consent consent={consent} />}
      </CardList>
    </Page>
  );
}

const newest = (pages: number) =>
  beginning(async (cursor) => {
    const { consents, next_cursor } = await api.consents(cursor);
    return { items: consents, next: next_cursor };
  }, pages);

function Consent({ consent }: { consent: OwnConsent }) {
  const { decision, provider_name: name, call_created_at, at, language, text } = consent;
  const date = formatDateTime(call_created_at);
  return (
    <Card className="p-5 sm:p-6">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h2 className="font-semibold wrap-anywhere">{t("consents.call", { name, date })}</h2>
          <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
            <Badge tone={TONES[decision]}>{t(`consents.decision.${decision}`)}</Badge>
            <time dateTime={at}>{formatExactTime(at)}</time>
          </p>
        </div>
        <a
          href={api.consentDocumentUrl(consent.consent_id)}
          download
          aria-label={t("consents.downloadOf", { name, date })}
          className="inline-flex min-h-11 items-center gap-2 font-semibold text-accent-ink underline-offset-4 hover:underline"
        >
          <Download aria-hidden className="size-4" />
          {t("consents.download")}
        </a>
      </div>
      {text === null ? (
        <p className="mt-4 text-muted">{t("consents.noText")}</p>
      ) : (
        <p
          lang={language}
          dir="auto"
          className="mt-4 rounded-control bg-page px-4 py-3 wrap-anywhere whitespace-pre-line ring-1 ring-line ring-inset"
        >
          {text}
        </p>
      )}
      <p className="mt-2 text-sm text-muted">
        {t("consents.version", { version: consent.text_version, language })}{" "}
        {consent.text_confirmed === false && t("consents.notConfirmed")}
      </p>
    </Card>
  );
}
