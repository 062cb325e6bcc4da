import { History } from "lucide-react";
import { Link } from "react-aria-components";
import { words } from "../../shared/api/refusals";
import type { Call } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDateTime, formatList, formatRecent } from "../../shared/i18n/format";
import { Avatar } from "../../shared/ui/Avatar";
import { Badge } from "../../shared/ui/Badge";
import { Button } from "../../shared/ui/Button";
import { Card } from "../../shared/ui/Card";
import { Empty } from "../../shared/ui/Empty";
import { Loaded } from "../../shared/ui/Loaded";
import { Name } from "../../shared/ui/Name";
import { Notice } from "../../shared/ui/Notice";
import { Page } from "../../shared/ui/Page";
import { CELL, HEAD, NAME, ROW, TABLE } from "../../shared/ui/table";
import { useKept } from "../../shared/ui/useKept";
import { useIdentity, useSettings } from "../identity";
import { ActiveCallNotice } from "./ActiveCallNotice";
import {
  badStretches,
  callDuration,
  counterpart,
  isLive,
  outcome,
  recordingOutcome,
} from "./outcome";
import { cameNames } from "./stays";
import { useCalls } from "./useCalls";

export function CallsPage() {
  const [pages, setPages] = useKept("pages", 1);
  const calls = useCalls(pages);
  const { value } = calls;
  const isComing = value !== undefined && value.pages < pages;
  const more = () => (isComing ? calls.reload() : setPages(pages + 1));
  return (
    <Page title={t("history.title")} isLoading={value === undefined}>
      <Loaded load={isComing ? { ...calls, error: undefined } : calls} framed>
        {({ items }) => (
          <>
            <ActiveCallNotice calls={items} onChanged={calls.reload} />
            <Card className="overflow-hidden">
              {items.length > 0 ? (
                <CallTable calls={items} />
              ) : (
                <Empty
                  icon={History}
                  title={t("history.emptyTitle")}
                  text={t("history.emptyText")}
                />
              )}
            </Card>
          </>
        )}
      </Loaded>
      {isComing && calls.error !== undefined && (
        <Notice tone="bad" className="mt-4">
          {words(calls.error)}
        </Notice>
      )}
      {value?.isWhole === false && (
        <div className="mt-6 flex justify-center">
          <Button variant="secondary" onPress={more} isPending={isComing && calls.loading}>
            {t("common.loadMore")}
          </Button>
        </div>
      )}
    </Page>
  );
}

function CallTable({ calls }: { calls: readonly Call[] }) {
  const { user_id } = useIdentity();
  return (
    <table className={TABLE}>
      <thead className="max-md:sr-only">
        <tr>
          <th className={HEAD}>{t("history.with")}</th>
          <th className={HEAD}>{t("history.date")}</th>
          <th className={HEAD}>{t("history.duration")}</th>
          <th className={HEAD}>{t("history.status")}</th>
          <th className={HEAD}>{t("history.quality")}</th>
          <th className={HEAD}>{t("history.recording")}</th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => {
          const { label, tone } = outcome(call);
          const name = counterpart(call, user_id);
          const lasted = callDuration(call);
          return (
            <tr
              key={call.room_id}
              className={`${ROW} relative transition-colors has-[a]:hover:bg-page/70 max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-4 max-md:py-3`}
            >
              <td className={`${CELL} ${NAME} font-semibold`}>
                <span className="flex items-center gap-3">
                  <Avatar name={name} size="small" />
                  <span className="min-w-0">
                    {isLive(call) ? <Name>{name}</Name> : <Detail call={call} name={name} />}
                    <AlsoThere call={call} />
                  </span>
                </span>
              </td>
              <td className={`${CELL} text-muted max-md:order-3 max-md:pl-16 max-md:text-sm`}>
                <time dateTime={call.created_at}>{formatRecent(call.created_at, new Date())}</time>
              </td>
              <td
                className={`${CELL} tabular-nums max-md:order-4 max-md:text-right max-md:text-sm ${lasted ? "" : "max-md:invisible"}`}
              >
                {lasted ?? t("common.none")}
              </td>
              <td className={`${CELL} max-md:order-2 max-md:text-right`}>
                <Badge tone={tone}>{t(label)}</Badge>
              </td>
              <td
                className={`${CELL} text-muted max-md:order-6 max-md:text-right max-md:text-sm ${call.started_at && call.connection_quality ? "" : "max-md:invisible"}`}
              >
                {call.started_at && call.connection_quality
                  ? t(`quality.${call.connection_quality}`)
                  : t("common.none")}
                {badStretches(call).map((words) => (
                  <span key={words} className="block text-xs">
                    {words}
                  </span>
                ))}
              </td>
              <td className={`${CELL} text-muted max-md:order-5 max-md:pl-16 max-md:text-sm`}>
                {t(recordingOutcome(call))}
                {call.audio_only && ` · ${t("history.audioOnly")}`}
                <EmergencyLink call={call} name={name} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Leads to the page of a call that is over; the link covers the whole row. */
function Detail({ call, name }: { call: Call; name: string }) {
  return (
    <Link
      href={`/room/${call.room_id}`}
      aria-label={t("history.open", { name, date: formatDateTime(call.created_at) })}
      className="text-accent-ink underline-offset-4 after:absolute after:inset-0 hover:underline"
    >
      <Name>{name}</Name>
    </Link>
  );
}

/** For who took part, in an emergency; above the link of the row. */
function EmergencyLink({ call, name }: { call: Call; name: string }) {
  const { role } = useIdentity();
  const { break_glass_minutes: minutes } = useSettings();
  if (role !== "provider" || !call.has_recording || isLive(call) || minutes === 0) return null;
  return (
    <Link
      href={`/emergency/${call.room_id}`}
      aria-label={t("breakGlass.linkOf", { name, date: formatDateTime(call.created_at) })}
      className="relative z-10 block w-fit text-sm font-medium text-accent-ink underline-offset-4 hover:underline"
    >
      {t("breakGlass.link")}
    </Link>
  );
}

function AlsoThere({ call }: { call: Call }) {
  const names = cameNames(call);
  if (names.length === 0) return null;
  const words = t("guests.alsoThere", { names: formatList(names) });
  return (
    <span title={words} className="block truncate text-sm font-normal text-muted">
      {words}
    </span>
  );
}
