import { useId } from "react";
import { t } from "../../shared/i18n";
import { formatNumber } from "../../shared/i18n/format";
import type { Delays } from "./engines";
import { formatBound } from "./units";

const HEIGHT = 100;
const GAP = 0.12;
/** What there is must be seen, however little: the longest delays are the rarest. */
const LEAST = 3;

export interface DelayHistogramProps {
  port: number;
  delays: Delays;
}

/** How long batches took, as bars; the same in numbers for who does not see them. */
export function DelayHistogram({ port, delays: { bounds, counts } }: DelayHistogramProps) {
  const id = useId();
  const highest = Math.max(...counts, 1);
  const up = (count: number) => (count === 0 ? 0 : Math.max(LEAST, (count / highest) * HEIGHT));
  const words = (place: number) => formatBound(bounds[place] ?? 0);
  return (
    <figure aria-labelledby={id} className="min-w-0">
      <figcaption id={id} className="mb-2 text-sm text-muted">
        {t("ops.delays")}
        <span className="sr-only"> {t("ops.engine", { port: String(port) })}</span>
      </figcaption>
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${counts.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-24 w-full border-b border-line-strong fill-accent"
      >
        {counts.map((count, place) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what it is
            key={place}
            x={place + GAP}
            width={1 - 2 * GAP}
            y={HEIGHT - up(count)}
            height={up(count)}
          />
        ))}
      </svg>
      <Axis bounds={bounds} />
      <div className="sr-only">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("ops.delay")}</th>
              <th scope="col">{t("ops.batches")}</th>
            </tr>
          </thead>
          <tbody>
            {counts.map((count, place) => {
              const range =
                place < bounds.length
                  ? t("ops.upTo", { value: words(place) })
                  : t("ops.moreThan", { value: words(place - 1) });
              return (
                <tr key={range}>
                  <th scope="row">{range}</th>
                  <td>{formatNumber(count)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

/** The bound between two bars, under every third of them. */
function Axis({ bounds }: { bounds: readonly number[] }) {
  return (
    <div aria-hidden="true" className="relative h-5 text-xs text-muted tabular-nums">
      {bounds.map((bound, place) =>
        place % 3 === 1 ? (
          <span
            key={bound}
            className="absolute top-0.5 -translate-x-1/2 whitespace-nowrap"
            style={{ left: `${((place + 1) / (bounds.length + 1)) * 100}%` }}
          >
            {formatBound(bound)}
          </span>
        ) : null,
      )}
    </div>
  );
}
