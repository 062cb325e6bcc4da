import { useMemo, useState } from "react";
import { t } from "../../shared/i18n";
import { Card, Section } from "../../shared/ui/Card";
import { useKept } from "../../shared/ui/useKept";
import { Chart } from "./Chart";
import { COLUMNS, columns, lastColumn, type Span } from "./columns";
import { type History, METRICS } from "./history";
import { Moment } from "./Moment";
import { MomentTable } from "./MomentTable";
import { RoomChoice } from "./RoomChoice";
import { SpanChoice } from "./SpanChoice";
import { scopeOf } from "./scope";

/**
 * Every track's last minutes: four charts over one time line, and the same in numbers beside them.
 */
export function Charts({ history }: { history: History }) {
  const [span, setSpan] = useKept<Span>("span", 300);
  const [wish, setWish] = useKept<string | undefined>("room", undefined);
  const [picked, setPicked] = useState<string>();
  const [hovered, setHovered] = useState<number>();
  const [stoppedAt, setStoppedAt] = useState<number>();
  const newest = lastColumn(history, span);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `newest` says when the history has grown
  const [scope, shown] = useMemo(() => {
    const scope = scopeOf(history, history.latest - span, wish);
    return [scope, columns(history, span, scope.traces)];
  }, [history, newest, span, wish]);

  const start = shown.times[0] ?? 0;
  const stopped =
    stoppedAt === undefined || stoppedAt < start
      ? undefined
      : Math.floor((stoppedAt - start) / shown.step);
  const chosen = shown.lines.some(({ trace }) => trace.key === picked) ? picked : undefined;
  if (shown.lines.length === 0) return null;

  return (
    <Section title={t("ops.charts")} aside={<SpanChoice span={span} onChange={setSpan} />}>
      <Card className="p-4 sm:p-5">
        <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
          <RoomChoice scope={scope} onChange={setWish} />
          <p className="text-sm text-muted">
            {shown.step > 1 ? t("ops.reduced", { count: shown.step }) : t("ops.legend")}
          </p>
        </div>
        <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_27rem]">
          <div className="flex min-w-0 flex-col gap-4">
            {METRICS.map((metric) => (
              <Chart
                key={metric}
                metric={metric}
                columns={shown}
                picked={chosen}
                moment={stopped}
                onHover={setHovered}
              />
            ))}
            <Moment
              columns={shown}
              stopped={stopped}
              onStop={(column) =>
                setStoppedAt(column === undefined ? undefined : shown.times[column])
              }
            />
          </div>
          <MomentTable
            columns={shown}
            column={hovered === COLUMNS - 1 ? undefined : (hovered ?? stopped)}
            severalRooms={scope.room === undefined && scope.rooms.length > 1}
            picked={chosen}
            onPick={setPicked}
            onNewest={stopped === undefined ? undefined : () => setStoppedAt(undefined)}
          />
        </div>
      </Card>
    </Section>
  );
}
