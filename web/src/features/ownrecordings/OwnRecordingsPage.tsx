import { Archive } from "lucide-react";
import { useCallback } from "react";
import { api } from "../../shared/api/endpoints";
import { beginning } from "../../shared/api/pages";
import type { OwnRecording } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDate, formatDateTime, formatDuration, formatList } from "../../shared/i18n/format";
import { Badge } from "../../shared/ui/Badge";
import { Card } from "../../shared/ui/Card";
import { CardList } from "../../shared/ui/CardList";
import { Page } from "../../shared/ui/Page";
import { useKept } from "../../shared/ui/useKept";
import { useLoad } from "../../shared/ui/useLoad";
import { Accesses } from "./Accesses";
import { Requests, type RequestsProps } from "./Requests";

/** What was recorded of who is signed in, until when it is kept, and who has opened it. */
export function OwnRecordingsPage() {
  const [pages, setPages] = useKept("pages", 1);
  const load = useLoad(useCallback(() => newest(pages), [pages]));
  return (
    <Page
      title={t("ownRecordings.title")}
      subtitle={t("ownRecordings.subtitle")}
      isLoading={load.value === undefined}
      narrow
    >
      <CardList
        load={load}
        empty={{
          icon: Archive,
          title: t("ownRecordings.emptyTitle"),
          text: t("ownRecordings.emptyText"),
        }}
        keyOf={({ recording_id }) => recording_id}
        onMore={() => setPages(pages + 1)}
      >
        {(recording) => <Recording recording={recording} onAsked={load.reload} />}
      </CardList>
    </Page>
  );
}

const newest = (pages: number) =>
  beginning(async (cursor) => {
    const { recordings, next_cursor } = await api.ownRecordings(cursor);
    return { items: recordings, next: next_cursor };
  }, pages);

function Recording({ recording, onAsked }: RequestsProps) {
  const { provider_name: name, started_at, duration_ms, guest_names, state } = recording;
  return (
    <Card className="p-5 sm:p-6">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <h2 className="font-semibold wrap-anywhere">
            {t("ownRecordings.call", { name, date: formatDateTime(started_at) })}
          </h2>
          <p className="mt-0.5 text-muted wrap-anywhere">
            {formatDuration(duration_ms)}
            {guest_names.length > 0 &&
              ` · ${t("ownRecordings.with", { names: formatList(guest_names) })}`}
          </p>
        </div>
        {state === "erased" && <Badge>{t("ownRecordings.erased")}</Badge>}
        {state === "recording" && <Badge tone="live">{t("ownRecordings.running")}</Badge>}
      </div>
      <p className="mt-3">{keeping(recording)}</p>
      <Accesses accesses={recording.accesses} />
      <Requests recording={recording} onAsked={onAsked} />
    </Card>
  );
}

/** Until when it is kept, or since when it is gone. */
function keeping({ state, expires_at, erased_at }: OwnRecording): string {
  if (state === "erased")
    return erased_at === null
      ? t("ownRecordings.gone")
      : t("ownRecordings.erasedOn", { date: formatDate(erased_at) });
  return expires_at === null
    ? t("ownRecordings.kept")
    : t("ownRecordings.until", { date: formatDate(expires_at) });
}
