import type { ReactNode } from "react";
import { bundled } from "../features/recordings";
import { t } from "../shared/i18n";
import {
  formatDateTime,
  formatDuration,
  formatExactTime,
  formatList,
  formatPosition,
} from "../shared/i18n/format";
import { Card, Section } from "../shared/ui/Card";
import { Notice } from "../shared/ui/Notice";
import type { Contents as Read } from "./contents";
import type { Manifest } from "./core/manifest";

const { AccessLog, Consents, Film, Missing, Player, playerGaps, purposeWords } = await bundled();

export interface ContentsProps {
  contents: Read;
  manifest: Manifest;
}

/** The recording, as the server's own pages show it. */
export function Contents({ contents, manifest }: ContentsProps) {
  const { parts, gaps, leftOut, consents, log } = contents;
  return (
    <>
      <Media contents={contents} manifest={manifest} />
      {leftOut.length > 0 && (
        <Notice tone="care" title={t("bundle.leftOutTitle")}>
          <ul className="mt-1 list-disc space-y-1 pl-5">
            {leftOut.map(({ part, why }) => (
              <li key={part.part_id}>
                {t(`bundle.leftOut.${why}`, {
                  name: part.participant_name,
                  time: formatPosition(part.offset_ms),
                })}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Section title={t("bundle.recording")}>
        <Card>
          <About contents={contents} manifest={manifest} />
        </Card>
      </Section>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8 lg:grid-cols-2">
        <Section title={t("lacks.title")}>
          <Card>
            <Missing detail={{ gaps, parts }} />
          </Card>
        </Section>
        <Section title={t("recording.consents")}>
          <Card>
            <Consents consents={consents} />
          </Card>
        </Section>
      </div>
      <Section title={t("bundle.log")}>
        <Card className="overflow-hidden">
          <AccessLog entries={log} />
        </Card>
      </Section>
    </>
  );
}

function Media({ contents, manifest }: ContentsProps) {
  const { recording, parts, gaps, timeline, urls, film } = contents;
  if (manifest.contents === "encrypted") return <Notice>{t("bundle.encrypted")}</Notice>;
  const line = { length: recording.duration_ms, parts, gaps: playerGaps(gaps), timeline };
  if (film !== null) return <Film {...line} url={film} label={t("bundle.film")} />;
  if (Object.keys(urls).length === 0)
    return <Notice tone="care">{t("bundle.nothingPlayable")}</Notice>;
  return <Player {...line} urls={urls} onReopen={() => location.reload()} />;
}

function About({ contents: { recording }, manifest }: ContentsProps) {
  const { made } = recording;
  const why = made.purpose && purposeWords(made.purpose);
  const facts: [string, ReactNode][] = [
    [t("bundle.label.patient"), recording.patient_name],
    [t("bundle.label.provider"), recording.provider_name],
    [t("bundle.label.guests"), formatList(recording.guest_names)],
    [
      t("bundle.label.recorded"),
      `${formatDateTime(recording.started_at)} · ${formatDuration(recording.duration_ms)}`,
    ],
    [t("bundle.label.practice"), made.practice],
    [
      t("bundle.label.made"),
      made.by_name === null
        ? t("bundle.onServer", { time: formatExactTime(made.at) })
        : t("bundle.by", { time: formatExactTime(made.at), name: made.by_name }),
    ],
    [
      t("bundle.label.purpose"),
      why && made.reason
        ? t("bundle.reasonOf", { purpose: why, reason: made.reason })
        : (why ?? made.reason),
    ],
    [t("bundle.label.id"), manifest.recording_id],
  ];
  return (
    <dl className="divide-y divide-line">
      {facts
        .filter(([, value]) => value)
        .map(([label, value]) => (
          <div key={label} className="grid gap-x-6 px-5 py-3 sm:grid-cols-[10rem_minmax(0,1fr)]">
            <dt className="text-sm text-muted">{label}</dt>
            <dd dir="auto" className="wrap-anywhere">
              {value}
            </dd>
          </div>
        ))}
    </dl>
  );
}
