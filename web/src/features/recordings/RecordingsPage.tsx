import { Archive, SearchX } from "lucide-react";
import { useCallback } from "react";
import { Link } from "react-aria-components";
import { api } from "../../shared/api/endpoints";
import { beginning } from "../../shared/api/pages";
import type { Recording } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatBytes, formatDateTime, formatList, formatPosition } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { Card } from "../../shared/ui/Card";
import { Empty } from "../../shared/ui/Empty";
import { Loaded } from "../../shared/ui/Loaded";
import { Name } from "../../shared/ui/Name";
import { Page } from "../../shared/ui/Page";
import { SearchField } from "../../shared/ui/SearchField";
import { SelectField } from "../../shared/ui/SelectField";
import { TextField } from "../../shared/ui/TextField";
import { CELL, HEAD, NAME, ROW, TABLE } from "../../shared/ui/table";
import { useKept } from "../../shared/ui/useKept";
import { useLoad } from "../../shared/ui/useLoad";
import { expiresSoon, type Filter, NO_FILTER, passes } from "./filter";
import { ExpiryBadge, HoldBadge, RecordingBadge } from "./RecordingBadge";

/**
 * Names and dates are looked for in what the page holds, so it fetches all pages there are, up to
 * this many. Which kind of them is shown, the server filters.
 */
const MOST_PAGES = 50;

async function allRecordings(only: Filter["only"]): Promise<readonly Recording[]> {
  const { items } = await beginning(async (cursor) => {
    const { recordings, next_cursor } = await api.recordings(cursor, only || null);
    return { items: recordings, next: next_cursor };
  }, MOST_PAGES);
  return items;
}

export function RecordingsPage() {
  const [filter, setFilter] = useKept("filter", NO_FILTER);
  const { only } = filter;
  const load = useLoad(useCallback(() => allRecordings(only), [only]));
  return (
    <Page
      title={t("recordings.title")}
      subtitle={t("recordings.subtitle")}
      isLoading={load.value === undefined}
    >
      <Loaded load={load} rows={6} framed>
        {(recordings) => {
          if (recordings.length === 0 && !only) {
            return (
              <Card>
                <Empty
                  icon={Archive}
                  title={t("recordings.emptyTitle")}
                  text={t("recordings.emptyText")}
                />
              </Card>
            );
          }
          const found = recordings.filter((recording) => passes(recording, filter));
          return (
            <>
              <Filters filter={filter} onChange={setFilter} />
              <p role="status" className="mb-3 text-sm text-muted">
                {t("recordings.count", { count: found.length })}
              </p>
              <Card className="overflow-hidden">
                {found.length > 0 ? (
                  <RecordingTable recordings={found} />
                ) : (
                  <Empty
                    icon={SearchX}
                    title={t("recordings.noMatchTitle")}
                    text={t("recordings.noMatchText")}
                    action={
                      <Button variant="secondary" onPress={() => setFilter(NO_FILTER)}>
                        {t("recordings.clear")}
                      </Button>
                    }
                  />
                )}
              </Card>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  return (
    <search className="mb-5 grid grid-cols-2 gap-4 lg:grid-cols-[minmax(0,1fr)_12rem_11rem_11rem]">
      <SearchField
        label={t("recordings.search")}
        value={filter.name}
        onChange={(name) => onChange({ ...filter, name })}
        className="max-sm:col-span-2"
      />
      <SelectField
        label={t("recordings.only")}
        value={filter.only ?? ""}
        onChange={(only) => onChange({ ...filter, only })}
        options={[
          ["", t("recordings.all")],
          ["on_hold", t("recordingState.onHold")],
          ["expiring", t("recordings.expiring")],
          ["erased", t("recordingState.erased")],
        ]}
        className="max-sm:col-span-2"
      />
      <TextField
        label={t("recordings.from")}
        type="date"
        value={filter.from}
        max={filter.to}
        onChange={(from) => onChange({ ...filter, from })}
      />
      <TextField
        label={t("recordings.to")}
        type="date"
        value={filter.to}
        min={filter.from}
        onChange={(to) => onChange({ ...filter, to })}
      />
    </search>
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
