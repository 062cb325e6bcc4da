import { t } from "../i18n";
import { formatBitrate } from "../i18n/format";
import { trendPath } from "./history";

const WIDTH = 96;
const HEIGHT = 22;

/** A line as long as a minute, as high as its own highest value. */
export function Trend({ samples }: { samples: readonly number[] }) {
  const label = t("ops.trendOf", {
    now: formatBitrate(samples.at(-1) ?? 0),
    highest: formatBitrate(Math.max(0, ...samples)),
  });
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`}
      className="h-6.5 w-24 overflow-visible"
    >
      <path d={`M0 ${HEIGHT}H${WIDTH}`} className="stroke-line" strokeWidth="1" />
      <path
        d={trendPath(samples, WIDTH, HEIGHT)}
        fill="none"
        className="stroke-pine-600"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
