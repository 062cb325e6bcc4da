import { SendHorizontal } from "lucide-react";
import {
  type KeyboardEvent,
  type Ref,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { refusalWords, words } from "../../shared/api/refusals";
import type { ChatEntry } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatTime } from "../../shared/i18n/format";
import { Button, IconButton } from "../../shared/ui/Button";
import { classes } from "../../shared/ui/classes";
import { focusAtDesk } from "../../shared/ui/focusAtDesk";
import { Notice } from "../../shared/ui/Notice";
import { FIELD } from "../../shared/ui/TextField";
import { EraseChat } from "./EraseChat";
import type { ChatLog, Pending } from "./log";

export interface ChatPanelProps {
  log: ChatLog;
  userId: string;
  /** It can be seen: what comes counts as read. */
  isShown?: boolean;
  /** The call is over: it is only read. */
  isOver?: boolean;
  /** For good; none: it is not the reader's to erase. */
  erase?: ((reason: string) => Promise<void>) | undefined;
}

/** The server's own limit. */
const MOST_CHARACTERS = 4000;

/** What was written in a call, and a field to write more. */
export function ChatPanel({ log, userId, isShown = true, isOver = false, erase }: ChatPanelProps) {
  const { entries, pending, erased, error, loading } = useSyncExternalStore(
    log.subscribe,
    log.snapshot,
  );
  const messages = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  /** Whoever reads older messages is left there. */
  const isAtEnd = useRef(true);
  useEffect(() => {
    log.look(isShown);
    if (isShown) focusAtDesk(field.current);
    return () => log.look(false);
  }, [log, isShown]);
  const count = entries.length + pending.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what makes the list longer, or shown
  useLayoutEffect(() => {
    if (isAtEnd.current) messages.current?.scrollTo({ top: messages.current.scrollHeight });
  }, [count, isShown]);
  const send = (text: string) => {
    isAtEnd.current = true;
    log.send(text);
    field.current?.focus(); // the button that was pressed is disabled now
  };
  if (erased) {
    return (
      <p role="status" className="text-sm text-muted">
        {t(isOver ? "chat.erased" : "chat.erasedHere")}
      </p>
    );
  }
  return (
    <div className="flex h-full min-h-0 flex-col gap-3">
      {error !== null && (
        <Notice
          tone="bad"
          actions={
            <Button
              size="small"
              variant="secondary"
              className="max-sm:min-h-11"
              onPress={() => {
                messages.current?.focus();
                void log.fetch();
              }}
            >
              {t("common.retry")}
            </Button>
          }
        >
          {words(error)}
        </Notice>
      )}
      <div
        ref={messages}
        role="log"
        aria-label={t("chat.log")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
        }}
        className="min-h-0 flex-1 overflow-y-auto rounded-control text-start"
      >
        {count === 0 && error === null && !loading && (
          <p className="text-sm text-muted">{t(isOver ? "chat.emptyAfter" : "chat.empty")}</p>
        )}
        <ol className="flex flex-col gap-3">
          {entries.map((entry) => (
            <Message key={entry.number} entry={entry} isOwn={entry.author_id === userId} />
          ))}
          {pending.map((one) => (
            <Unsent
              key={one.clientId}
              pending={one}
              onRetry={() => {
                field.current?.focus();
                log.retry(one.clientId);
              }}
            />
          ))}
        </ol>
      </div>
      {!isOver && <Composer ref={field} onSend={send} />}
      {erase && entries.length > 0 && <EraseChat erase={(why) => log.erase(() => erase(why))} />}
    </div>
  );
}

const NEAR_END_PX = 40;

const BUBBLE = "max-w-[85%] rounded-card px-3.5 py-2 wrap-anywhere whitespace-pre-wrap text-start";

function Message({ entry, isOwn }: { entry: ChatEntry; isOwn: boolean }) {
  return (
    <li className={classes("flex flex-col", isOwn ? "items-end" : "items-start")}>
      <p className="mb-0.5 text-xs text-muted">
        <bdi className="font-semibold">{isOwn ? t("chat.you") : entry.author_name}</bdi>{" "}
        <time dateTime={entry.sent_at}>{formatTime(entry.sent_at)}</time>
      </p>
      <p
        dir="auto"
        className={classes(BUBBLE, isOwn ? "bg-accent-subtle text-ink" : "bg-subtle text-ink")}
      >
        {entry.text ?? <em className="text-danger-ink">{t("chat.damaged")}</em>}
      </p>
    </li>
  );
}

function Unsent({ pending, onRetry }: { pending: Pending; onRetry: () => void }) {
  return (
    <li className="flex flex-col items-end">
      <p dir="auto" className={classes(BUBBLE, "bg-accent-subtle text-muted")}>
        {pending.text}
      </p>
      <p className="mt-0.5 flex items-center gap-2 text-xs text-muted">
        {pending.state === "sending" && t("chat.sending")}
        {pending.state === "waiting" && t("chat.waiting")}
        {pending.state === "failed" && (
          <>
            <span className="text-danger-ink">
              {t("chat.failed", { reason: pending.refusal ? refusalWords(pending.refusal) : "" })}
            </span>
            <Button size="small" variant="quiet" className="max-sm:min-h-11" onPress={onRetry}>
              {t("chat.again")}
            </Button>
          </>
        )}
      </p>
    </li>
  );
}

interface ComposerProps {
  ref: Ref<HTMLTextAreaElement>;
  onSend: (text: string) => void;
}

function Composer({ ref, onSend }: ComposerProps) {
  const [text, setText] = useState("");
  const isTooLong = [...text].length > MOST_CHARACTERS;
  const isEmpty = text.trim() === "";
  const send = () => {
    if (isEmpty || isTooLong) return;
    onSend(text.trim());
    setText("");
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="flex shrink-0 flex-col gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="flex items-end gap-2">
        <textarea
          ref={ref}
          aria-label={t("chat.label")}
          placeholder={t("chat.label")}
          dir="auto"
          rows={2}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={press}
          className={classes(FIELD, "block max-h-40 flex-1 resize-none py-2.5")}
        />
        <IconButton aria-label={t("chat.send")} onPress={send} isDisabled={isEmpty || isTooLong}>
          <SendHorizontal aria-hidden className="size-5" />
        </IconButton>
      </div>
      {isTooLong && (
        <p role="alert" className="text-sm text-danger-ink">
          {t("chat.tooLong", { limit: MOST_CHARACTERS })}
        </p>
      )}
    </form>
  );
}
