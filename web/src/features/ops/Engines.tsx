import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { Card, Section } from "../../shared/ui/Card";
import { DelayHistogram } from "./DelayHistogram";
import { dropWords } from "./dropWords";
import type { Activity, EngineSamples, Quantile } from "./engines";
import { formatDelay, formatRate, roughly } from "./units";

/**
 * What the packet engine does right now, thread by thread: a room lives on one, so one can be full
 * alone.
 */
export function Engines({ samples }: { samples: EngineSamples }) {
  const { activities } = samples;
  return (
    <Section
      title={t("ops.engines")}
      aside={
        activities.length > 0 && (
          <span className="text-sm text-muted tabular-nums">
            {t("ops.interval", { count: Math.round(samples.seconds) })}
          </span>
        )
      }
    >
      {activities.length === 0 ? (
        <Card className="px-5 py-4 text-muted">{t("ops.measuring")}</Card>
      ) : (
        <div className="grid grid-cols-1 gap-4 lg:grid-cols-[repeat(auto-fit,minmax(28rem,1fr))]">
          {activities.map((activity) => (
            <Engine key={activity.port} activity={activity} />
          ))}
        </div>
      )}
    </Section>
  );
}

function Engine({ activity }: { activity: Activity }) {
  const { port, received, forwarded, batch, delays, dropped } = activity;
  return (
    // Threads out of sight cost nothing each second.
    <Card className="@container p-5 [contain-intrinsic-height:auto_22rem] [content-visibility:auto]">
      <h3 className="font-semibold">{t("ops.engine", { port: String(port) })}</h3>
      <div className="mt-3 grid gap-x-8 gap-y-5 @3xl:grid-cols-2">
        <div className="flex flex-col gap-4">
          <dl className="grid grid-cols-2 gap-x-4 gap-y-3 @md:grid-cols-3">
            <Figure label={t("ops.packetsIn")}>{formatRate(received)}</Figure>
            <Figure label={t("ops.packetsOut")}>{formatRate(forwarded)}</Figure>
            <Figure label={t("ops.batch")}>
              {batch === null ? t("common.none") : t("ops.datagrams", { count: roughly(batch) })}
            </Figure>
            <Figure label={t("ops.delayHalf")}>{quantileWords(delays.p50)}</Figure>
            <Figure label={t("ops.delayMost")}>{quantileWords(delays.p99)}</Figure>
          </dl>
          <Drops dropped={dropped} />
        </div>
        {batch === null ? (
          <p className="text-sm text-muted">{t("ops.engineIdle")}</p>
        ) : (
          <DelayHistogram port={port} delays={delays} />
        )}
      </div>
    </Card>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="font-bold tabular-nums">{children}</dd>
    </div>
  );
}

/** Only what is dropped right now; the sums since the start are at the end of the page. */
function Drops({ dropped }: { dropped: Activity["dropped"] }) {
  if (dropped.length === 0) return <p className="text-sm text-muted">{t("ops.dropsNone")}</p>;
  return (
    <div>
      <h4 className="text-sm text-muted">{t("ops.drops")}</h4>
      <dl className="text-sm">
        {dropped.map(([reason, rate]) => (
          <div key={reason} className="flex justify-between gap-4 py-0.5">
            <dt>{dropWords(reason)}</dt>
            <dd className="font-semibold tabular-nums">{formatRate(rate)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function quantileWords(quantile: Quantile): string {
  if (quantile === null) return t("common.none");
  const words = formatDelay(quantile.seconds);
  return quantile.beyond ? t("ops.moreThan", { value: words }) : words;
}
