import type { IntakeQuestionnaire } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDate, formatNumber } from "../../shared/i18n/format";
import { wordsOfBand } from "./words";

const WIDTH = 320;
const HEIGHT = 120;
const EDGE = 8;
/** What is written above the highest score, and below the axis. */
const ABOVE = 20;
const BELOW = 20;

export interface ChartProps {
  scale: IntakeQuestionnaire;
  /** From the oldest on, at least two. */
  scores: readonly { key: string; at: number; total: number }[];
}

/**
 * Scores over time, between the lines where the published bands begin; a table beside it says the
 * same.
 */
export function Chart({ scale, scores }: ChartProps) {
  const first = scores[0]?.at ?? 0;
  const span = Math.max(1, (scores.at(-1)?.at ?? 0) - first);
  const highest = scale.highest ?? 1;
  const x = (at: number) => EDGE + ((at - first) / span) * (WIDTH - 2 * EDGE);
  const axis = HEIGHT - BELOW;
  const y = (total: number) => axis - (total / highest) * (axis - ABOVE);
  const points = scores.map(({ at, total }) => `${x(at)},${y(total)}`).join(" ");
  return (
    <figure className="max-w-sm">
      <svg
        role="img"
        aria-label={t("intake.trend", {
          name: scale.name,
          scores: scores
            .map(({ at, total }) => `${formatDate(new Date(at))}: ${formatNumber(total)}`)
            .join("; "),
        })}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        direction="ltr"
        className="w-full text-accent"
      >
        <line x1={0} x2={WIDTH} y1={axis} y2={axis} className="stroke-line-strong/60" />
        {scale.bands.slice(0, -1).map(({ up_to, band }) => (
          <line
            key={band}
            x1={0}
            x2={WIDTH}
            y1={y(up_to + 0.5)}
            y2={y(up_to + 0.5)}
            strokeDasharray="3 4"
            className="stroke-line-strong/60"
          />
        ))}
        <polyline points={points} fill="none" stroke="currentColor" strokeWidth={2.5} />
        {scores.map(({ key, at, total }) => (
          <circle key={key} cx={x(at)} cy={y(total)} r={4} fill="currentColor" />
        ))}
        {/* Between the first and the last there may be no room for words. */}
        {[scores[0], scores.at(-1)].map(
          (score, isLast) =>
            score && (
              <g key={score.key} fontSize={12}>
                <text
                  x={x(score.at)}
                  y={y(score.total) - 8}
                  textAnchor="middle"
                  paintOrder="stroke"
                  strokeWidth={4}
                  fill="currentColor"
                  className="stroke-surface text-ink font-bold tabular-nums"
                >
                  {formatNumber(score.total)}
                </text>
                <text
                  x={isLast ? WIDTH : 0}
                  y={HEIGHT - 5}
                  textAnchor={isLast ? "end" : "start"}
                  fill="currentColor"
                  className="text-muted"
                >
                  {formatDate(new Date(score.at))}
                </text>
              </g>
            ),
        )}
      </svg>
      <figcaption className="mt-1 text-sm text-muted">
        {t("intake.lines", {
          bands: scale.bands
            .slice(1)
            .map(({ band }, below) =>
              t("intake.from", {
                band: wordsOfBand(band),
                total: formatNumber((scale.bands[below]?.up_to ?? 0) + 1),
              }),
            )
            .join("; "),
        })}
      </figcaption>
    </figure>
  );
}
