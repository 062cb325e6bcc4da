import { useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { Crisis } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatClock } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { TextField } from "../../shared/ui/TextField";
import { type Act, Part } from "./Part";
import { putBack } from "./written";

export interface TimeLineProps {
  roomId: string;
  events: Crisis["events"];
  act: Act;
}

/** What was done, in its time, and a line of one's own. */
export function TimeLine({ roomId, events, act }: TimeLineProps) {
  const [text, setText] = useState("");
  const [isPending, setPending] = useState(false);
  const write = async () => {
    setPending(true);
    setText("");
    const writing = api.noteCrisis(roomId, { kind: "noted", step: null, text });
    writing.catch(() => setText((typed) => putBack(text, typed)));
    await act(writing);
    setPending(false);
  };
  return (
    <Part title={t("safety.timeLine")}>
      <form
        className="mb-3 flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPending && text.trim() !== "") void write();
        }}
      >
        <TextField
          label={t("safety.line")}
          value={text}
          onChange={setText}
          maxLength={1000}
          className="min-w-0 flex-1"
        />
        <Button type="submit" variant="secondary">
          {t("safety.add")}
        </Button>
      </form>
      <Events events={events} />
    </Part>
  );
}

export function Events({ events }: Pick<Crisis, "events">) {
  if (events.length === 0) return <p className="text-muted">{t("safety.nothing")}</p>;
  return (
    <ol className="flex flex-col gap-1.5">
      {events.map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are only ever added to
        <li key={index} className="flex gap-3">
          <time dateTime={event.at} className="shrink-0 text-muted tabular-nums">
            {formatClock(event.at)}
          </time>
          <span dir="auto" className="min-w-0 wrap-anywhere">
            {sentence(event)}
          </span>
        </li>
      ))}
    </ol>
  );
}

function sentence({ kind, by_name, step, text, reason, readable }: Crisis["events"][number]) {
  if (!readable) return t("safety.erased");
  const name = by_name ?? "";
  switch (kind) {
    case "noted":
      return text ?? "";
    case "ticked":
    case "unticked":
      return step ? t(`safety.event.${kind}`, { step: t(`safety.step.${step}`) }) : "";
    case "ended":
      if (reason === "disconnected") return t("safety.event.disconnected", { name });
      return t(name ? "safety.event.endedBy" : "safety.event.ended", { name });
    default:
      return t(`safety.event.${kind}`, { name });
  }
}
