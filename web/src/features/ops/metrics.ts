import { type MessageKey, t } from "../../shared/i18n";
import { formatBitrate, formatMilliseconds, formatPercent } from "../../shared/i18n/format";
import type { Metric } from "./history";

interface Shown {
  readonly title: MessageKey;
  readonly format: (value: number) => string;
  /** The axis ends no lower, or the noise of a good call would look like trouble. */
  readonly least: number;
}

export const SHOWN: Readonly<Record<Metric, Shown>> = {
  bitrate: { title: "ops.bitrate", format: formatBitrate, least: 100_000 },
  loss: { title: "ops.loss", format: formatPercent, least: 0.02 },
  jitter: { title: "ops.jitter", format: formatMilliseconds, least: 10 },
  rtt: { title: "ops.rtt", format: formatMilliseconds, least: 50 },
};

/** A value in words; a dash where nothing was measured. */
export const inWords = (metric: Metric, value: number | null | undefined): string =>
  value === null || value === undefined ? t("common.none") : SHOWN[metric].format(value);
