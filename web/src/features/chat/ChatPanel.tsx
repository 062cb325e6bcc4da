import {
  type DragEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { words } from "../../shared/api/refusals";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { focusAtDesk } from "../../shared/ui/focusAtDesk";
import { Notice } from "../../shared/ui/Notice";
import { Composer } from "./Composer";
import { EraseChat } from "./EraseChat";
import { UnsentFile } from "./Files";
import type { ChatLog } from "./log";
import { Message, Unsent } from "./Messages";

/** What is erased for good, each for a reason. */
export interface Erasing {
  chat: (reason: string) => Promise<void>;
  file: (fileId: string, reason: string) => Promise<void>;
}

export interface ChatPanelProps {
  log: ChatLog;
  userId: string;
  /** It can be seen: what comes counts as read. */
  isShown?: boolean;
  /** The call is over: it is only read. */
  isOver?: boolean;
  /** None: it is not the reader's to erase. */
  erase?: Erasing | undefined;
}

const NEAR_END_PX = 40;

/** What was written in a call, its files, and a field to write more. */
export function ChatPanel({ log, userId, isShown = true, isOver = false, erase }: ChatPanelProps) {
  const state = useSyncExternalStore(log.subscribe, log.snapshot);
  const { entries, pending, erased, takes, error, loading } = state;
  const sending = useSyncExternalStore(log.files.subscribe, log.files.snapshot);
  const [chosen, setChosen] = useState<readonly File[]>([]);
  const messages = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  /** Whoever reads older messages is left there. */
  const isAtEnd = useRef(true);
  useEffect(() => {
    log.look(isShown);
    if (isShown) focusAtDesk(field.current);
    return () => log.look(false);
  }, [log, isShown]);
  const count = entries.length + pending.length + sending.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what makes the list longer, or shown
  useLayoutEffect(() => {
    if (isAtEnd.current) messages.current?.scrollTo({ top: messages.current.scrollHeight });
  }, [count, isShown]);
  const send = (text: string, files: readonly File[]) => {
    isAtEnd.current = true;
    if (text !== "") log.send(text);
    log.files.send(files);
    field.current?.focus(); // the button that was pressed is disabled now
  };
  const choose = (files: readonly File[]) => {
    setChosen(files);
    focusAtDesk(field.current); // the button that was pressed may be gone
  };
  if (erased) {
    return (
      <p role="status" className="text-sm text-muted">
        {t(isOver ? "chat.erased" : "chat.erasedHere")}
      </p>
    );
  }
  return (
    <Dropping
      isOn={!isOver && (takes?.most_bytes ?? 0) > 0}
      onFiles={(files) => choose([...chosen, ...files])}
    >
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
        className="min-h-0 flex-1 overflow-y-auto rounded-control p-px text-start"
      >
        {count === 0 && error === null && !loading && (
          <p className="text-sm text-muted">{t(isOver ? "chat.emptyAfter" : "chat.empty")}</p>
        )}
        <ol className="flex flex-col gap-3">
          {entries.map((entry) => (
            <Message
              key={entry.number}
              entry={entry}
              isOwn={entry.author_id === userId}
              fetch={log.store.fetch}
              erase={eraserOf(log, erase, entry.file?.file_id)}
            />
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
          {sending.map((one) => (
            <UnsentFile
              key={one.clientId}
              pending={one}
              onRetry={() => {
                field.current?.focus();
                log.files.retry(one.clientId);
              }}
              onCancel={() => {
                field.current?.focus();
                log.files.cancel(one.clientId);
              }}
            />
          ))}
        </ol>
      </div>
      {!isOver && (
        <Composer ref={field} takes={takes} files={chosen} onFiles={choose} onSend={send} />
      )}
      {erase && entries.length > 0 && (
        <EraseChat erase={(why) => log.erase(() => erase.chat(why))} />
      )}
    </Dropping>
  );
}

function eraserOf(log: ChatLog, erase: Erasing | undefined, fileId: string | undefined) {
  if (erase === undefined || fileId === undefined) return undefined;
  return (why: string) => log.eraseFile(fileId, () => erase.file(fileId, why));
}

interface DroppingProps {
  isOn: boolean;
  onFiles: (files: readonly File[]) => void;
  children: ReactNode;
}

/** Where files can be dropped, which says so while some are held above it. */
function Dropping({ isOn, onFiles, children }: DroppingProps) {
  const [isOver, setOver] = useState(false);
  const hasFiles = (event: DragEvent) => isOn && event.dataTransfer.types.includes("Files");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button beside the field does the same
    <div
      className="relative flex h-full min-h-0 flex-col gap-3"
      onDragOver={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={({ currentTarget, relatedTarget }) =>
        !currentTarget.contains(relatedTarget as Node | null) && setOver(false)
      }
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(false);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      {children}
      {isOver && (
        <p className="pointer-events-none absolute inset-0 grid place-items-center rounded-card border-2 border-dashed border-accent bg-raised p-4 text-center font-semibold text-accent-ink">
          {t("chat.drop")}
        </p>
      )}
    </div>
  );
}
