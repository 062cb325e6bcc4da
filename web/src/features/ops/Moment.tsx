import { t } from "../../shared/i18n";
import { formatClock } from "../../shared/i18n/format";
import { COLUMNS, type Columns } from "./columns";

export interface MomentProps {
  columns: Columns;
  /** None: the newest. */
  stopped: number | undefined;
  onStop: (column: number | undefined) => void;
}

/** Goes through the charts by keyboard or finger; the table tells what they show there. */
export function Moment({ columns, stopped, onStop }: MomentProps) {
  const column = stopped ?? COLUMNS - 1;
  const at = formatClock(new Date((columns.times[column] ?? 0) * 1000));
  return (
    <input
      type="range"
      aria-label={t("ops.moment")}
      aria-valuetext={t(stopped === undefined ? "ops.newest" : "ops.at", { time: at })}
      min={0}
      max={COLUMNS - 1}
      value={column}
      onChange={({ target }) => {
        const chosen = Number(target.value);
        onStop(chosen === COLUMNS - 1 ? undefined : chosen);
      }}
      // From edge to edge of the charts above, half the thumb beyond them.
      className="mr-1 ml-15 h-11 cursor-pointer accent-accent"
    />
  );
}
