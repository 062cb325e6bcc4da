import { useEffect, useId, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { t } from "../../shared/i18n";
import { formatClock, formatTime } from "../../shared/i18n/format";
import { onThemeChange } from "../../shared/theme/theme";
import type { Columns } from "./columns";
import type { Metric } from "./history";
import { SHOWN } from "./metrics";
import { colorOf, dashOf, resolved } from "./palette";

const HEIGHT = 150;
const AXIS_WIDTH = 68;
/** All charts of the page show one moment. */
const SYNC = "ops";

export interface ChartProps {
  metric: Metric;
  columns: Columns;
  /** The trace that stands out; the others step back. */
  picked: string | undefined;
  /** The column that the reader has stopped at. */
  moment: number | undefined;
  /** The pointer is over a column, or has left. */
  onHover: (column: number | undefined) => void;
}

/**
 * One measure of all tracks over time. What it shows is in the table beside it, moment by moment.
 */
export function Chart({ metric, columns, picked, moment, onHover }: ChartProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const marker = useRef(moment);
  const traces = columns.lines.map(({ trace }) => trace);
  const keys = traces.map(({ key }) => key).join("\n");
  const newest = useRef({ traces, onHover });
  newest.current = { traces, onHover };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `keys` says when other traces are shown
  useEffect(() => {
    if (!box.current) return;
    const hovered = (column: number | undefined) => newest.current.onHover(column);
    const options = optionsOf(metric, newest.current.traces, box.current, marker, hovered);
    const made = new uPlot(options, undefined, box.current);
    plot.current = made;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) made.setSize({ width: entry.contentRect.width, height: HEIGHT });
    });
    watch.observe(box.current);
    const unwatch = onThemeChange(() => made.redraw(false, true));
    return () => {
      unwatch();
      watch.disconnect();
      made.destroy();
    };
  }, [metric, keys]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other traces (`keys`) need the data again
  useEffect(() => {
    plot.current?.setData([
      [...columns.times],
      ...columns.lines.map(({ values }) => [...values[metric]]),
    ]);
  }, [columns, metric, keys]);

  useEffect(() => {
    const place = keys.split("\n").indexOf(picked ?? "");
    plot.current?.setSeries(place < 0 ? null : place + 1, { focus: true });
  }, [picked, keys]);

  useEffect(() => {
    marker.current = moment;
    plot.current?.redraw(false, false);
  }, [moment]);

  return (
    <figure aria-labelledby={id} className="min-w-0">
      <figcaption id={id} className="text-sm font-semibold">
        {t(SHOWN[metric].title)}
      </figcaption>
      <div
        role="img"
        aria-label={t("ops.chart", {
          metric: t(SHOWN[metric].title),
          count: traces.length,
          from: formatClock(new Date((columns.times[0] ?? 0) * 1000)),
        })}
        ref={box}
        className="h-37.5 overflow-hidden"
      />
    </figure>
  );
}

function optionsOf(
  metric: Metric,
  traces: readonly Columns["lines"][number]["trace"][],
  box: HTMLElement,
  marker: { readonly current: number | undefined },
  hovered: (column: number | undefined) => void,
): uPlot.Options {
  // Asked at each drawing, so that the charts follow the theme.
  const color = (name: string) => resolved(box, `var(--color-${name})`);
  const { format, least } = SHOWN[metric];
  const axis = {
    stroke: () => color("muted"),
    font: `12px ${getComputedStyle(document.body).fontFamily}`,
    grid: { stroke: () => color("line"), width: 1 },
    ticks: { show: false },
  };
  const seconds = (_: uPlot, values: number[]) =>
    values.map((value) => formatTime(new Date(value * 1000)));
  return {
    width: box.clientWidth,
    height: HEIGHT,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    focus: { alpha: 0.15 },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { show: false },
      sync: { key: SYNC },
    },
    scales: { y: { range: (_, __, highest) => [0, Math.max((highest ?? 0) * 1.05, least)] } },
    axes: [
      { ...axis, size: 26, gap: 6, space: 80, values: seconds },
      {
        ...axis,
        size: AXIS_WIDTH,
        gap: 6,
        space: 36,
        values: (_, values) => values.map((value) => (value === 0 ? "0" : format(value))),
      },
    ],
    series: [
      {},
      ...traces.map((trace) => {
        const dash = dashOf(trace);
        return {
          stroke: () => resolved(box, colorOf(trace)),
          width: 1.5,
          points: { show: false },
          ...(dash ? { dash } : {}),
        };
      }),
    ],
    hooks: {
      setCursor: [({ cursor }) => hovered(cursor.idx ?? undefined)],
      draw: [(made) => drawMarker(made, marker.current, color("ink"))],
    },
  };
}

/** A line where the reader has stopped with the slider. */
function drawMarker(plot: uPlot, moment: number | undefined, color: string) {
  const at = moment === undefined ? undefined : plot.data[0][moment];
  if (at === undefined) return;
  const x = Math.round(plot.valToPos(at, "x", true));
  const { top, height } = plot.bbox;
  plot.ctx.fillStyle = color;
  plot.ctx.fillRect(x, top, devicePixelRatio, height);
}
