import { useRef } from "react";
import type { Appointment } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatTime } from "../../shared/i18n/format";
import { classes } from "../../shared/ui/classes";
import { useMinute } from "../../shared/ui/useMinute";
import { Block } from "./Block";
import { atMinute, clockChange, hoursOf, minuteOf, ofDay, startOfDay } from "./week";
import { formatDayName, formatWeekday } from "./words";

export interface GridProps {
  days: readonly Date[];
  found: readonly Appointment[];
  onOpen: (one: Appointment) => void;
  onMove: (one: Appointment, to: Date) => void;
  onCreate: (at: Date) => void;
}

/** Days beside each other, hours below each other. */
export function Grid({ days, found, onOpen, onMove, onCreate }: GridProps) {
  const columns = useRef<HTMLDivElement>(null);
  const shown = found.filter(({ starts_at }) => days.some((day) => isWithin(day, starts_at)));
  const hours = hoursOf(shown);
  const list = Array.from({ length: hours[1] - hours[0] }, (_, index) => hours[0] + index);
  const now = useMinute();
  return (
    <div className="flex">
      <div aria-hidden className="w-16 shrink-0 pt-14 text-end text-xs text-muted">
        {list.map((hour) => (
          <div key={hour} className="h-14 -translate-y-2 pr-2 whitespace-nowrap tabular-nums">
            {formatTime(atMinute(new Date(2026, 0, 1), hour * 60))}
          </div>
        ))}
      </div>
      <div className="min-w-0 flex-1">
        <div className="flex h-14 border-b border-line">
          {days.map((day) => (
            <DayName key={day.getTime()} day={day} now={now} />
          ))}
        </div>
        <div ref={columns} className="flex">
          {days.map((day) => (
            <section
              key={day.getTime()}
              aria-label={t("appointments.day", {
                day: formatWeekday(day),
                count: ofDay(shown, day).length,
              })}
              className="@container relative min-w-0 flex-1 border-l border-line"
            >
              {list.map((hour) => (
                <button
                  key={hour}
                  type="button"
                  aria-hidden
                  tabIndex={-1}
                  onClick={() => onCreate(atMinute(day, hour * 60))}
                  className="block h-14 w-full cursor-cell border-b border-line/70 hover:bg-accent-subtle"
                />
              ))}
              {isWithin(day, now) && <Now at={now} hours={hours} />}
              {ofDay(shown, day).map((one) => (
                <Block
                  key={one.appointment_id}
                  one={one}
                  hours={hours}
                  grid={columns}
                  days={days.length}
                  onOpen={() => onOpen(one)}
                  onMove={(to) => onMove(one, to)}
                />
              ))}
            </section>
          ))}
        </div>
      </div>
    </div>
  );
}

function DayName({ day, now }: { day: Date; now: Date }) {
  const change = clockChange(day);
  return (
    <div className="flex min-w-0 flex-1 flex-col items-center justify-center gap-0.5">
      <span
        className={classes(
          "rounded-full px-2 font-semibold",
          isWithin(day, now) && "bg-accent text-on-accent",
        )}
      >
        {formatDayName(day)}
      </span>
      {change !== 0 && (
        <span className="truncate text-xs text-warning-ink">
          {t(change > 0 ? "appointments.clocksForward" : "appointments.clocksBack")}
        </span>
      )}
    </div>
  );
}

function Now({ at, hours: [first, last] }: { at: Date; hours: readonly [number, number] }) {
  const part = (minuteOf(at) - first * 60) / ((last - first) * 60);
  if (part < 0 || part > 1) return null;
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute inset-x-0 z-10 h-0.5 bg-danger"
      style={{ top: `${part * 100}%` }}
    />
  );
}

function isWithin(day: Date, at: string | Date): boolean {
  return startOfDay(new Date(at)).getTime() === day.getTime();
}
