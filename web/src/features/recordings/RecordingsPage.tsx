import { Archive, SearchX } from "lucide-react";
import { useMemo } from "react";
import { Link } from "react-aria-components";
import { useLocation, useSearch } from "wouter";
import { words } from "../../shared/api/refusals";
import type { Recording } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatBytes, formatDateTime, formatList, formatPosition } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { Card } from "../../shared/ui/Card";
import { Empty } from "../../shared/ui/Empty";
import { Loaded } from "../../shared/ui/Loaded";
import { Name } from "../../shared/ui/Name";
import { Notice } from "../../shared/ui/Notice";
import { Page } from "../../shared/ui/Page";
import { CELL, HEAD, NAME, ROW, TABLE } from "../../shared/ui/table";
import { AllExports } from "./exporting/AllExports";
import { Filters } from "./Filters";
import { expiresSoon, type Filter, filterOf, flawOf, NO_FILTER, searchOf } from "./filter";
import { ExpiryBadge, HoldBadge, RecordingBadge } from "./RecordingBadge";
import { useFound } from "./useFound";

/** All recordings that there are and were, as compliance looks for them; the server does. */
export function RecordingsPage() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const filter = useMemo(() => filterOf(search), [search]);
  const found = useFound(filter);
  const change = (next: Filter) => navigate(`/recordings${searchOf(next)}`, { replace: true });
  const flaw = flawOf(filter);
  return (
    <Page
      title={t("recordings.title")}
      subtitle={t("recordings.subtitle")}
      isLoading={found.isFirst}
    >
      <AllExports />
      <Filters filter={filter} names={found.names} onChange={change} />
      {flaw !== null ? (
        <Notice tone="bad">
          {t(flaw === "dates" ? "recordings.wrongDates" : "recordings.wrongLength")}
        </Notice>
      ) : (
        <Loaded load={found} rows={6} framed>
          {({ items, isWhole }) => (
            <>
              <p role="status" className="mb-3 text-sm text-muted">
                {t(isWhole ? "recordings.count" : "recordings.countAtLeast", {
                  count: items.length,
                })}
              </p>
              <Card className="overflow-hidden">
                {items.length > 0 ? (
                  <RecordingTable recordings={items} />
                ) : (
                  <Nothing isAll={searchOf(filter) === ""} onClear={() => change(NO_FILTER)} />
                )}
              </Card>
              {found.moreError !== undefined && (
                <Notice tone="bad" className="mt-4">
                  {words(found.moreError)}
                </Notice>
              )}
              {!isWhole && (
                <div className="mt-6 flex justify-center">
                  <Button variant="secondary" onPress={found.more} isPending={found.isComing}>
                    {t("common.loadMore")}
                  </Button>
                </div>
              )}
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}

function Nothing({ isAll, onClear }: { isAll: boolean; onClear: () => void }) {
  if (isAll)
    return (
      <Empty icon={Archive} title={t("recordings.emptyTitle")} text={t("recordings.emptyText")} />
    );
  return (
    <Empty
      icon={SearchX}
      title={t("recordings.noMatchTitle")}
      text={t("recordings.noMatchText")}
      action={
        <Button variant="secondary" onPress={onClear}>
          {t("recordings.clear")}
        </Button>
      }
    />
  );
}

function RecordingTable({ recordings }: { recordings: readonly Recording[] }) {
  return (
    <table className={TABLE}>
      <thead className="max-md:sr-only">
        <tr>
          <th className={HEAD}>{t("recordings.patient")}</th>
          <th className={HEAD}>{t("recordings.provider")}</th>
          <th className={HEAD}>{t("recordings.date")}</th>
          <th className={`${HEAD} text-right`}>{t("recordings.duration")}</th>
          <th className={`${HEAD} text-right`}>{t("recordings.size")}</th>
          <th className={HEAD}>{t("recordings.state")}</th>
        </tr>
      </thead>
      <tbody>
        {recordings.map((recording) => (
          <Row key={recording.recording_id} recording={recording} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ recording }: { recording: Recording }) {
  const {
    recording_id,
    patient_name,
    provider_name,
    guest_names,
    started_at,
    duration_ms,
    size_bytes,
  } = recording;
  const date = formatDateTime(started_at);
  return (
    <tr
      className={`${ROW} relative transition-colors hover:bg-page/70 max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-4 max-md:py-3`}
    >
      <td className={`${CELL} ${NAME}`}>
        {/* The link covers the whole row. */}
        <Link
          href={`/recordings/${recording_id}`}
          aria-label={t("recordings.open", { patient: patient_name, date })}
          className="font-semibold text-accent-ink underline-offset-4 after:absolute after:inset-0 hover:underline"
        >
          <Name>{patient_name}</Name>
        </Link>
        {guest_names.length > 0 && (
          <span className="block text-sm text-muted">
            <Name>{t("recordings.with", { names: formatList(guest_names) })}</Name>
          </span>
        )}
      </td>
      <td className={`${CELL} ${NAME} max-md:order-3 max-md:text-sm max-md:text-muted`}>
        <Name>{provider_name}</Name>
      </td>
      <td className={`${CELL} text-muted max-md:order-5 max-md:text-sm`}>
        <time dateTime={started_at}>{date}</time>
      </td>
      <td className={`${CELL} text-right tabular-nums max-md:order-4 max-md:text-sm`}>
        {formatPosition(duration_ms)}
      </td>
      <td
        className={`${CELL} text-right text-muted whitespace-nowrap tabular-nums max-md:order-6 max-md:text-sm`}
      >
        {recording.state !== "erased" && formatBytes(size_bytes)}
      </td>
      <td className={`${CELL} max-md:order-2 max-md:text-right`}>
        <span className="flex flex-wrap gap-1.5 max-md:flex-col max-md:items-end">
          <RecordingBadge state={recording.state} />
          {recording.on_hold && <HoldBadge />}
          {expiresSoon(recording, new Date()) && <ExpiryBadge at={recording.expires_at} />}
        </span>
      </td>
    </tr>
  );
}
