import { CalendarPlus, ChevronLeft, ChevronRight, Link2 } from "lucide-react";
import { useState } from "react";
import type { Appointment } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button, IconButton } from "../../shared/ui/Button";
import { Card } from "../../shared/ui/Card";
import { Loaded } from "../../shared/ui/Loaded";
import { Page } from "../../shared/ui/Page";
import { useKept } from "../../shared/ui/useKept";
import { AppointmentDialog } from "./AppointmentDialog";
import { BookDialog } from "./BookDialog";
import { Done, type Said } from "./Done";
import { FeedDialog } from "./FeedDialog";
import { Grid } from "./Grid";
import { useAppointments } from "./useAppointments";
import { addDays, atMinute, dateField, daysOf, minuteOf, type Span, startOfDay } from "./week";
import { formatRange, formatWeekday } from "./words";

const NARROW = "(max-width: 767px)";
const FULL_HOUR = 60;

type Open =
  | { kind: "book"; at: Date }
  | { kind: "one"; one: Appointment; to: Date | null }
  | { kind: "feed" };

/** The calendar of a provider: a week, or a day where there is no room for one. */
export function Calendar({ onStart }: { onStart: (one: Appointment) => void }) {
  const [span, setSpan] = useKept<Span>("span", matchMedia(NARROW).matches ? "day" : "week");
  const [shown, setShown] = useKept("day", dateField(new Date()));
  const [open, setOpen] = useState<Open | null>(null);
  const [said, setSaid] = useState<Said | null>(null);
  const anchor = new Date(`${shown}T00:00`);
  const days = daysOf(span, anchor);
  const first = days[0] ?? anchor;
  const last = addDays(days[days.length - 1] ?? anchor, 1);
  const load = useAppointments(first.toISOString(), last.toISOString());

  const step = (count: number) =>
    setShown(dateField(addDays(anchor, count * (span === "week" ? 7 : 1))));
  const done = (text: string, undo?: () => Promise<unknown>) => {
    setOpen(null);
    setSaid({ text, undo: undo ?? null });
    load.reload();
  };
  return (
    <Page
      title={t("appointments.title")}
      subtitle={span === "day" ? formatWeekday(first) : formatRange(first, addDays(last, -1))}
      isLoading={load.value === undefined}
      aside={
        <div className="flex flex-wrap gap-2">
          <IconButton
            aria-label={t("appointments.feed.open")}
            onPress={() => setOpen({ kind: "feed" })}
          >
            <Link2 aria-hidden className="size-5" />
          </IconButton>
          <Button onPress={() => setOpen({ kind: "book", at: nextHour(first) })}>
            <CalendarPlus aria-hidden className="size-4" />
            {t("appointments.new")}
          </Button>
        </div>
      }
    >
      <Done said={said} onSaid={setSaid} onChanged={load.reload} />
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <div className="flex items-center gap-1">
          <IconButton aria-label={t(`appointments.before.${span}`)} onPress={() => step(-1)}>
            <ChevronLeft aria-hidden className="size-5 rtl:rotate-180" />
          </IconButton>
          <Button variant="secondary" onPress={() => setShown(dateField(new Date()))}>
            {t("appointments.today")}
          </Button>
          <IconButton aria-label={t(`appointments.after.${span}`)} onPress={() => step(1)}>
            <ChevronRight aria-hidden className="size-5 rtl:rotate-180" />
          </IconButton>
        </div>
        <fieldset aria-label={t("appointments.view")} className="flex gap-1">
          {(["day", "week"] as const).map((one) => (
            <Button
              key={one}
              variant={one === span ? "primary" : "secondary"}
              aria-pressed={one === span}
              onPress={() => setSpan(one)}
            >
              {t(`appointments.spans.${one}`)}
            </Button>
          ))}
        </fieldset>
      </div>
      <Card className="overflow-x-auto">
        <div className={span === "week" ? "min-w-[46rem] p-3" : "p-3"}>
          <Loaded load={load} rows={8}>
            {(found) => (
              <Grid
                days={days}
                found={found.filter(({ status }) => status !== "cancelled")}
                onOpen={(one) => setOpen({ kind: "one", one, to: null })}
                onMove={(one, to) => setOpen({ kind: "one", one, to })}
                onCreate={(at) => setOpen({ kind: "book", at })}
              />
            )}
          </Loaded>
        </div>
      </Card>
      <p className="mt-3 text-sm text-muted">{t("appointments.hint")}</p>
      {open?.kind === "book" && (
        <BookDialog at={open.at} onClose={() => setOpen(null)} onDone={done} />
      )}
      {open?.kind === "one" && (
        <AppointmentDialog
          one={open.one}
          to={open.to}
          onClose={() => setOpen(null)}
          onDone={done}
          onStart={(one) => {
            setOpen(null);
            onStart(one);
          }}
        />
      )}
      {open?.kind === "feed" && <FeedDialog onClose={() => setOpen(null)} />}
    </Page>
  );
}

/** Of today the next full hour; of any other day nine. */
function nextHour(day: Date): Date {
  const now = new Date();
  if (startOfDay(now).getTime() !== day.getTime()) return atMinute(day, 9 * FULL_HOUR);
  return atMinute(day, (Math.floor(minuteOf(now) / FULL_HOUR) + 1) * FULL_HOUR);
}
