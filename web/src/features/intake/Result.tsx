import { TriangleAlert } from "lucide-react";
import { t } from "../../shared/i18n";
import { formatDate, formatNumber } from "../../shared/i18n/format";
import { Badge } from "../../shared/ui/Badge";
import { Card } from "../../shared/ui/Card";
import { Chart } from "./Chart";
import { type Answered, change, scores, type Trend } from "./trend";
import { answered, asked, bandOf, toneOf } from "./words";

/** One questionnaire: what must be seen, what it amounts to, how it went on, and every answer. */
export function Result({ trend }: { trend: Trend }) {
  const { name, scale, times } = trend;
  const [{ at, response }] = times;
  const shown = scores(trend);
  return (
    <Card className="p-5">
      <article aria-label={name} className="flex flex-col gap-3">
        <header className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
          <h3 className="font-bold wrap-anywhere">{name}</h3>
          <p className="text-sm text-muted">{formatDate(at)}</p>
        </header>
        <Flagged answered={times[0]} />
        {response.known && <Score trend={trend} />}
        {response.findings.map((finding) => (
          <p key={finding} className="text-[0.9375rem]">
            {t(`intake.findings.${finding}`)}
          </p>
        ))}
        {response.faults.length > 0 && (
          <ul className="text-[0.9375rem] text-warning-ink">
            {response.faults.map(({ item, reason }) => (
              <li key={`${item} ${reason}`}>{t(`intake.faults.${reason}`, { item })}</li>
            ))}
          </ul>
        )}
        {scale !== null && scale.highest !== null && shown.length > 1 && (
          <Chart scale={scale} scores={shown} />
        )}
        <div className="-mb-3 divide-y divide-line border-t border-line">
          {times.length > 1 && response.known && <Times times={times} />}
          <Answers answered={times[0]} open={!response.known} />
          {scale !== null && <Sources sources={scale.sources} />}
        </div>
      </article>
    </Card>
  );
}

function Flagged({ answered: { response } }: { answered: Answered }) {
  const flagged = response.answers.filter((answer) => answer.flagged);
  if (flagged.length === 0) return null;
  return (
    <div className="rounded-control bg-danger-subtle px-4 py-3 text-danger-ink ring-1 ring-danger-line ring-inset">
      <p className="flex items-center gap-2 font-bold">
        <TriangleAlert aria-hidden className="size-5 shrink-0" />
        {t("intake.flagged")}
      </p>
      <ul className="mt-1">
        {flagged.map((answer, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an item may be answered twice
          <li key={at} dir="auto" className="wrap-anywhere">
            {asked(answer)}: <strong>{answered(answer)}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Score({ trend }: { trend: Trend }) {
  const { response } = trend.times[0];
  const band = bandOf(response);
  const difference = change(trend);
  if (band === null) return <p className="font-semibold">{t("intake.unscored")}</p>;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {response.total !== null && (
        <span className="text-2xl font-bold tabular-nums">
          {t("intake.score", {
            total: formatNumber(response.total),
            highest: formatNumber(trend.scale?.highest ?? response.total),
          })}
        </span>
      )}
      <Badge tone={toneOf(response)}>{band}</Badge>
      {difference !== null && <span className="text-sm text-muted">{changeWords(difference)}</span>}
    </p>
  );
}

function changeWords(difference: number): string {
  if (difference === 0) return t("intake.same");
  const points = formatNumber(Math.abs(difference));
  return t(difference < 0 ? "intake.lower" : "intake.higher", { points });
}

function Times({ times }: { times: Trend["times"] }) {
  return (
    <details>
      <summary className="cursor-pointer py-2.5 font-semibold text-accent-ink">
        {t("intake.times")}
      </summary>
      <table className="mb-3 w-full text-start text-[0.9375rem]">
        <thead className="text-sm text-muted">
          <tr>
            <th className="py-1 text-start font-semibold">{t("intake.date")}</th>
            <th className="py-1 text-start font-semibold">{t("intake.result")}</th>
          </tr>
        </thead>
        <tbody>
          {times.map(({ key, at, response }) => (
            <tr key={key}>
              <td className="py-1 pe-4 whitespace-nowrap">{formatDate(at)}</td>
              <td className="py-1">
                {response.total !== null && `${formatNumber(response.total)}, `}
                {bandOf(response) ?? t("intake.unscored")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Answers({ answered: { response }, open }: { answered: Answered; open: boolean }) {
  return (
    <details open={open}>
      <summary className="cursor-pointer py-2.5 font-semibold text-accent-ink">
        {t("intake.answers")}
      </summary>
      <dl className="mb-3 divide-y divide-line text-[0.9375rem]">
        {response.answers.map((answer, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an item may be answered twice
          <div key={at} className="flex justify-between gap-4 py-1.5">
            <dt dir="auto" className="min-w-0 wrap-anywhere">
              {asked(answer)}
            </dt>
            <dd dir="auto" className="max-w-1/2 text-end font-semibold wrap-anywhere">
              {answered(answer)}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Sources({ sources }: { sources: readonly string[] }) {
  return (
    <details>
      <summary className="cursor-pointer py-2.5 font-semibold text-accent-ink">
        {t("intake.sources")}
      </summary>
      <ul className="mb-3 list-disc ps-5 text-sm text-muted">
        {sources.map((source) => (
          <li key={source} className="wrap-anywhere">
            {source}
          </li>
        ))}
      </ul>
    </details>
  );
}
