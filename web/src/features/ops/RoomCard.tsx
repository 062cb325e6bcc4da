import { ArrowDown, ArrowUp } from "lucide-react";
import type {
  ParticipantStatistics,
  RoomStatistics,
  TrackStatistics,
} from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import {
  formatBitrate,
  formatDuration,
  formatMilliseconds,
  formatNumber,
  formatPercent,
} from "../../shared/i18n/format";
import { Badge, type Tone } from "../../shared/ui/Badge";
import { Card } from "../../shared/ui/Card";
import { recorderWords } from "./recorderWords";

const RECORDER_TONES: Readonly<Record<string, Tone>> = { recording: "live", failed: "bad" };

export function RoomCard({ room }: { room: RoomStatistics }) {
  return (
    // Rooms out of sight cost nothing each second.
    <Card className="overflow-hidden [contain-intrinsic-size:auto_26rem] [content-visibility:auto]">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b border-line px-5 py-4">
        <h2 className="font-bold tracking-tight">
          {t("ops.room", { label: room.label })}
          <span className="ml-2 text-sm font-normal text-muted">
            {t("ops.age", { duration: formatDuration(room.age_seconds * 1000) })}
          </span>
        </h2>
        <Badge tone={RECORDER_TONES[room.recording] ?? "neutral"}>
          {t("ops.recording", { state: recorderWords(room.recording) })}
        </Badge>
      </div>
      <div className="divide-y divide-line">
        {room.participants.map((participant) => (
          <Participant key={participant.label} room={room.label} participant={participant} />
        ))}
      </div>
    </Card>
  );
}

const QUALITY_TONES: Record<NonNullable<ParticipantStatistics["quality"]>, Tone> = {
  lost: "bad",
  poor: "bad",
  fair: "care",
  good: "good",
  excellent: "good",
};

interface ParticipantProps {
  room: string;
  participant: ParticipantStatistics;
}

function Participant({ room, participant }: ParticipantProps) {
  const { label, role, connected, quality, media, tracks } = participant;
  const muted = (["microphone", "camera"] as const).filter((source) => !media[source]);
  return (
    <div className="px-5 py-4">
      <div className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <h3 className="font-semibold">
          {t("ops.participant", { label })}
          <span className="font-normal text-muted"> · {t(`roles.${role}`)}</span>
        </h3>
        <Badge tone={connected ? "good" : "care"}>
          {t(connected ? "ops.connected" : "ops.disconnected")}
        </Badge>
        {quality && <Badge tone={QUALITY_TONES[quality]}>{t(`quality.${quality}`)}</Badge>}
        {muted.length > 0 && (
          <span className="text-sm text-muted">
            {t("ops.muted", { sources: muted.map((source) => t(`source.${source}`)).join(", ") })}
          </span>
        )}
      </div>
      {tracks.length === 0 ? (
        <p className="text-sm text-muted">{t("ops.noTracks")}</p>
      ) : (
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keyboard too
          tabIndex={0}
          aria-label={t("ops.tracksOf", { participant: label, room })}
          className="scrolls-sideways -mx-5 overflow-x-auto px-5"
        >
          <table className="w-full min-w-4xl text-left text-sm tabular-nums">
            <thead>
              <tr className="text-[0.8125rem] text-muted [&>th]:py-1.5 [&>th]:pl-4 [&>th]:font-medium [&>th:first-child]:pl-0 [&>th]:whitespace-nowrap">
                <th>{t("ops.track")}</th>
                <th>{t("ops.codec")}</th>
                <th>{t("ops.layer")}</th>
                <th className="text-right">{t("ops.bitrate")}</th>
                <th className="text-right">{t("ops.loss")}</th>
                <th className="text-right">{t("ops.jitter")}</th>
                <th className="text-right">{t("ops.rtt")}</th>
                <th className="text-right">{t("ops.nack")}</th>
                <th className="text-right">{t("ops.resent")}</th>
                <th className="text-right">{t("ops.cacheHits")}</th>
                <th className="text-right">{t("ops.pli")}</th>
                <th className="text-right">{t("ops.packets")}</th>
              </tr>
            </thead>
            <tbody>
              {tracks.map((track, index) => {
                const key = `${track.direction} ${track.source} ${index}`;
                const Direction = track.direction === "up" ? ArrowUp : ArrowDown;
                return (
                  <tr
                    key={key}
                    className="border-t border-line/70 [&>td]:py-2 [&>td]:pl-4 [&>td:first-child]:pl-0 [&>td]:whitespace-nowrap"
                  >
                    <td>
                      <span className="flex items-center gap-2">
                        <Direction aria-hidden className="size-4 text-faint" />
                        <span className="font-medium">{t(`source.${track.source}`)}</span>
                        <span className="text-muted max-sm:sr-only">
                          {t(track.direction === "up" ? "ops.up" : "ops.down")}
                        </span>
                      </span>
                    </td>
                    <td className="text-muted">{track.codec}</td>
                    <td className="text-muted">{track.layer ?? t("common.none")}</td>
                    <td className="text-right font-semibold">{formatBitrate(track.bitrate_bps)}</td>
                    <td
                      className={
                        track.loss_fraction > 0.02
                          ? "text-right font-semibold text-danger-ink"
                          : "text-right"
                      }
                    >
                      {formatPercent(track.loss_fraction)}
                    </td>
                    <td className="text-right">{formatMilliseconds(track.jitter_ms)}</td>
                    <td className="text-right">
                      {track.rtt_ms === null ? t("common.none") : formatMilliseconds(track.rtt_ms)}
                    </td>
                    <td className="text-right">{formatNumber(track.nack_count)}</td>
                    <td className="text-right">{formatNumber(track.retransmitted_count)}</td>
                    <td className="text-right">{cacheHits(track)}</td>
                    <td className="text-right">{formatNumber(track.pli_count)}</td>
                    <td className="text-right text-muted">{formatNumber(track.packets)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

/** The share of packets that the packet cache still had when a browser asked for them. */
function cacheHits({ direction, nack_count, cached_count }: TrackStatistics): string {
  if (direction === "up" || nack_count === 0) return t("common.none");
  return formatPercent(cached_count / nack_count);
}
