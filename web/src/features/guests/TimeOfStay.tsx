import { CalendarClock } from "lucide-react";
import { formatTimes, formatWeekday } from "../appointments";

export interface TimeOfStayProps {
  startsAt: string;
  endsAt: string;
  timeZone: string;
}

/** When an appointment is, by the reader's clock. */
export function TimeOfStay({ startsAt, endsAt, timeZone }: TimeOfStayProps) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <p className="flex items-center gap-3">
      <CalendarClock aria-hidden className="size-6 shrink-0 text-accent-ink" />
      <span>
        <time dateTime={startsAt} className="block font-semibold">
          {formatWeekday(new Date(startsAt))}
        </time>
        <span className="text-muted">
          {formatTimes({ starts_at: startsAt, ends_at: endsAt })}
          {own !== timeZone && ` (${own})`}
        </span>
      </span>
    </p>
  );
}
