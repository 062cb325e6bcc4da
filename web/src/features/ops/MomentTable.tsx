import { ArrowDown, ArrowUp } from "lucide-react";
import { Fragment, useId } from "react";
import { ToggleButton } from "react-aria-components";
import { t } from "../../shared/i18n";
import { formatClock } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { classes } from "../../shared/ui/classes";
import { COLUMNS, type Columns } from "./columns";
import { METRICS, type Trace } from "./history";
import { inWords, SHOWN } from "./metrics";
import { colorOf, dashOf } from "./palette";

export interface MomentTableProps {
  columns: Columns;
  /** None: the newest. */
  column: number | undefined;
  /** Whether several rooms are shown, which must then be told apart. */
  severalRooms: boolean;
  picked: string | undefined;
  onPick: (key: string | undefined) => void;
  /** Back to the newest; none while that is shown. */
  onNewest: (() => void) | undefined;
}

/** The charts at one moment in numbers, and their legend. */
export function MomentTable({
  columns,
  column,
  severalRooms,
  picked,
  onPick,
  onNewest,
}: MomentTableProps) {
  const id = useId();
  const at = column ?? COLUMNS - 1;
  const time = formatClock(new Date((columns.times[at] ?? 0) * 1000));
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keyboard too
      tabIndex={0}
      aria-label={t("ops.values")}
      className="scrolls-sideways -mx-2 self-start overflow-x-auto px-2 lg:sticky lg:top-20"
    >
      <div className="flex min-h-9 items-center justify-between gap-3">
        <p id={id} className="text-sm font-semibold">
          {t(column === undefined ? "ops.newest" : "ops.at", { time })}
        </p>
        {onNewest && (
          <Button variant="quiet" size="small" onPress={onNewest}>
            {t("ops.toNewest")}
          </Button>
        )}
      </div>
      <table aria-labelledby={id} className="w-full text-left text-sm tabular-nums max-sm:text-xs">
        <thead>
          <tr className="border-b border-line text-[0.8125rem] text-muted max-sm:text-xs sm:whitespace-nowrap [&>th]:py-1.5 [&>th]:align-bottom [&>th]:font-medium">
            <th scope="col">{t("ops.track")}</th>
            {METRICS.map((metric) => (
              <th key={metric} scope="col" className="pl-3 text-right max-sm:pl-1.5">
                {t(SHOWN[metric].title)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.lines.map(({ trace, values }, index) => (
            <Fragment key={trace.key}>
              {severalRooms && trace.room !== columns.lines[index - 1]?.trace.room && (
                <tr
                  aria-hidden
                  className={classes("text-muted", index > 0 && "border-t border-line")}
                >
                  <td colSpan={METRICS.length + 1} className="pt-2">
                    {t("ops.room", { label: trace.room })}
                  </td>
                </tr>
              )}
              <tr
                className={classes(
                  trace.room === columns.lines[index - 1]?.trace.room &&
                    trace.participant !== columns.lines[index - 1]?.trace.participant &&
                    "border-t border-line",
                  picked !== undefined && picked !== trace.key && "text-muted",
                )}
              >
                <th scope="row" className="py-0.5 font-normal whitespace-nowrap">
                  <ToggleButton
                    isSelected={picked === trace.key}
                    onChange={(selected) => onPick(selected ? trace.key : undefined)}
                    className="-ml-2 flex min-h-7 cursor-pointer items-center gap-2 rounded-md px-2 max-sm:gap-1 max-sm:pr-1 data-hovered:bg-subtle data-selected:bg-accent-subtle data-selected:font-semibold"
                  >
                    <Swatch trace={trace} />
                    <Name trace={trace} withRoom={severalRooms} />
                  </ToggleButton>
                </th>
                {METRICS.map((metric) => (
                  <td
                    key={metric}
                    className="py-0.5 pl-3 text-right whitespace-nowrap max-sm:pl-1.5"
                  >
                    {inWords(metric, values[metric][at])}
                  </td>
                ))}
              </tr>
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The line as the charts draw it. */
function Swatch({ trace }: { trace: Trace }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 18 4" className="h-1 w-4.5 shrink-0 max-sm:w-3.5">
      <path
        d="M0 2H18"
        style={{ stroke: colorOf(trace) }}
        strokeWidth="3"
        strokeDasharray={dashOf(trace)?.join(" ")}
      />
    </svg>
  );
}

function Name({ trace, withRoom }: { trace: Trace; withRoom: boolean }) {
  const { room, participant, direction, source, layer } = trace;
  const Direction = direction === "up" ? ArrowUp : ArrowDown;
  return (
    <>
      <span>
        {withRoom && <span className="sr-only">{t("ops.room", { label: room })} </span>}
        <span className="text-muted">
          <span className="sr-only">{t("ops.participant", { label: "" })}</span>
          {participant}
        </span>
      </span>
      <Direction aria-hidden className="-mx-0.5 size-3.5 text-faint" />
      <span>
        {t(`source.${source}`)}
        {layer && <span className="text-muted"> {layer}</span>}
      </span>
      <span className="sr-only">{t(direction === "up" ? "ops.up" : "ops.down")}</span>
    </>
  );
}
