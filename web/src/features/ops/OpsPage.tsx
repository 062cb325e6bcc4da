import { Radio } from "lucide-react";
import type { ReactNode } from "react";
import { words } from "../../shared/api/refusals";
import type { RelayStatistics } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatBitrate, formatClock, formatNumber } from "../../shared/i18n/format";
import { Card, Section } from "../../shared/ui/Card";
import { Empty } from "../../shared/ui/Empty";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { Page } from "../../shared/ui/Page";
import { Charts } from "./Charts";
import { dropWords } from "./dropWords";
import { Engines } from "./Engines";
import { totalBitrate } from "./history";
import { RoomCard } from "./RoomCard";
import { type LiveRooms, useLiveRooms } from "./useLiveRooms";

export function OpsPage() {
  const live = useLiveRooms();
  const { statistics, error } = live;
  return (
    <Page
      title={t("ops.title")}
      subtitle={t("ops.subtitle")}
      aside={
        statistics && (
          <p className="text-sm text-muted tabular-nums">
            {t("ops.updated", { time: formatClock(statistics.at) })}
          </p>
        )
      }
    >
      {statistics && error !== undefined && (
        <Notice tone="care" className="mb-5">
          {t("ops.stale", { time: formatClock(statistics.at), reason: words(error) })}
        </Notice>
      )}
      {/* Polling goes on by itself: there is nothing to press. */}
      <Loaded
        framed
        load={{
          value: statistics,
          error: statistics ? undefined : error,
          loading: true,
          reload: () => undefined,
        }}
      >
        {(statistics) => (
          <Numbers statistics={statistics} history={live.history} engines={live.engines} />
        )}
      </Loaded>
    </Page>
  );
}

interface NumbersProps extends Pick<LiveRooms, "history" | "engines"> {
  statistics: RelayStatistics;
}

function Numbers({ statistics, history, engines }: NumbersProps) {
  const { rooms, dropped_datagrams } = statistics;
  const participants = rooms.reduce((sum, room) => sum + room.participants.length, 0);
  return (
    <div className="flex flex-col gap-8">
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4 sm:gap-4">
        <Figure label={t("ops.rooms")}>{formatNumber(rooms.length)}</Figure>
        <Figure label={t("ops.participants")}>{formatNumber(participants)}</Figure>
        <Figure label={t("ops.incoming")}>{formatBitrate(totalBitrate(statistics, "up"))}</Figure>
        <Figure label={t("ops.outgoing")}>{formatBitrate(totalBitrate(statistics, "down"))}</Figure>
      </dl>
      <Charts history={history} />
      <Engines samples={engines} />
      {rooms.length === 0 ? (
        <Card>
          <Empty icon={Radio} title={t("ops.emptyTitle")} text={t("ops.emptyText")} />
        </Card>
      ) : (
        <div className="flex flex-col gap-5">
          {rooms.map((room) => (
            <RoomCard key={room.label} room={room} />
          ))}
        </div>
      )}
      <Dropped counts={dropped_datagrams} />
    </div>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="rounded-card bg-surface px-5 py-4 shadow-card ring-1 ring-line/80">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="mt-0.5 text-xl font-bold tracking-tight tabular-nums sm:text-2xl">
        {children}
      </dd>
    </div>
  );
}

function Dropped({ counts }: { counts: Readonly<Record<string, number>> }) {
  const reasons = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  return (
    <Section
      title={t("ops.dropped")}
      aside={<span className="text-sm text-muted">{t("ops.droppedSince")}</span>}
      className="max-w-xl"
    >
      <Card>
        {reasons.length === 0 ? (
          <p className="px-5 py-4 text-muted">{t("ops.droppedNone")}</p>
        ) : (
          <dl className="divide-y divide-line">
            {reasons.map(([reason, count]) => (
              <div key={reason} className="flex items-center justify-between gap-4 px-5 py-2.5">
                <dt className="text-muted">{dropWords(reason)}</dt>
                <dd className="font-semibold tabular-nums">{formatNumber(count)}</dd>
              </div>
            ))}
          </dl>
        )}
      </Card>
    </Section>
  );
}
