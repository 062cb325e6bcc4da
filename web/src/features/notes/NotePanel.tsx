import { useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import { t } from "../../shared/i18n";
import { formatTime } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { classes } from "../../shared/ui/classes";
import { ConfirmDialog } from "../../shared/ui/Dialog";
import { focusAtDesk } from "../../shared/ui/focusAtDesk";
import { Notice } from "../../shared/ui/Notice";
import { FIELD } from "../../shared/ui/TextField";
import { draftsOf, NoteKeeper, type NoteState } from "./keeper";

export interface NotePanelProps {
  roomId: string;
  userId: string;
  /** It was opened to be written in; one that is on a page from its beginning was not. */
  isShown?: boolean;
  /** As high as its place allows, instead of some lines. */
  fills?: boolean;
}

/** The reader's private note on a call, which saves itself. */
export function NotePanel({ roomId, userId, isShown = false, fills = false }: NotePanelProps) {
  const [keeper] = useState(() => new NoteKeeper(storeOf(roomId), draftsOf(userId, roomId)));
  const state = useSyncExternalStore(keeper.subscribe, keeper.snapshot);
  const hint = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const hasConflict = state.theirs !== null;
  const hadConflict = useRef(hasConflict);
  useEffect(() => {
    if (isShown) focusAtDesk(field.current);
    else keeper.flush();
  }, [isShown, keeper]);
  // The buttons by which it was settled are gone.
  useEffect(() => {
    if (hadConflict.current && !hasConflict) field.current?.focus();
    hadConflict.current = hasConflict;
  }, [hasConflict]);
  useEffect(() => {
    void keeper.load();
    const leave = () => keeper.flush();
    document.addEventListener("visibilitychange", leave);
    return () => {
      document.removeEventListener("visibilitychange", leave);
      keeper.close();
    };
  }, [keeper]);
  if (state.phase === "failed") {
    return (
      <Notice
        tone="bad"
        actions={
          <Button
            size="small"
            variant="secondary"
            className="max-sm:min-h-11"
            onPress={() => void keeper.load()}
          >
            {t("common.retry")}
          </Button>
        }
      >
        {words(state.error)}
      </Notice>
    );
  }
  return (
    <div className={classes("flex flex-col gap-3", fills && "h-full min-h-0")}>
      <p id={hint} className="text-sm text-muted">
        {t("notes.hint")}
      </p>
      {state.theirs === null ? (
        <textarea
          ref={field}
          aria-label={t("notes.title")}
          aria-describedby={hint}
          dir="auto"
          rows={8}
          maxLength={MOST_CHARACTERS}
          readOnly={state.phase === "loading"}
          value={state.text}
          onChange={({ target }) => keeper.edit(target.value)}
          onBlur={() => keeper.flush()}
          className={classes(FIELD, "block py-2.5", fills ? "min-h-32 flex-1 resize-none" : "")}
        />
      ) : (
        <Both theirs={state.theirs} mine={state.text} onChosen={(text) => keeper.resolve(text)} />
      )}
      <div className="flex min-h-5 flex-wrap items-center gap-x-3 gap-y-1">
        <p role="status" className="min-w-0 flex-1 basis-40 text-sm text-muted">
          {status(state)}
        </p>
        {state.saving === "refused" && (
          <Button
            size="small"
            variant="secondary"
            className="max-sm:min-h-11"
            onPress={() => {
              field.current?.focus();
              keeper.retry();
            }}
          >
            {t("common.retry")}
          </Button>
        )}
        {state.phase === "ready" && state.theirs === null && (
          <Erase
            isDisabled={state.text === "" && state.savedAt === null}
            erase={async () => {
              await keeper.erase();
              field.current?.focus();
            }}
          />
        )}
      </div>
    </div>
  );
}

interface EraseProps {
  isDisabled: boolean;
  erase: () => Promise<void>;
}

/** Asks first: nobody brings them back. */
function Erase({ isDisabled, erase }: EraseProps) {
  const [isAsked, setAsked] = useState(false);
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const confirm = async () => {
    setPending(true);
    setError(null);
    try {
      await erase();
      setAsked(false);
    } catch (failure) {
      setError(failure);
    }
    setPending(false);
  };
  return (
    <>
      <Button
        size="small"
        variant="quiet"
        className="max-sm:min-h-11"
        isDisabled={isDisabled}
        onPress={() => setAsked(true)}
      >
        {t("notes.erase")}
      </Button>
      <ConfirmDialog
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={t("notes.eraseTitle")}
        text={error === null ? t("notes.eraseText") : words(error)}
        confirm={t("notes.eraseNow")}
        onConfirm={() => void confirm()}
        isPending={isPending}
        danger
      />
    </>
  );
}

/** The server's own limit. */
const MOST_CHARACTERS = 15_000;

function status({ phase, saving, error, savedAt, theirs, text, erased }: NoteState): string {
  if (phase === "loading") return t("notes.loading");
  if (theirs !== null) return t("notes.bothKept");
  if (saving === "failed") return t("notes.notSaved", { reason: words(error) });
  if (saving === "refused") return t("notes.refused", { reason: words(error) });
  if (saving !== "saved") return t("notes.saving");
  if (erased) return t("notes.erased");
  if (savedAt === null || text === "") return "";
  return t("notes.saved", { time: formatTime(savedAt) });
}

interface BothProps {
  theirs: string;
  mine: string;
  onChosen: (text: string) => void;
}

/** Two windows wrote at once: both texts, and which of them is to stand. */
function Both({ theirs, mine, onChosen }: BothProps) {
  const all = `${theirs}\n\n${mine}`;
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto">
      <Notice tone="care" title={t("notes.conflictTitle")}>
        {t("notes.conflictText")}
      </Notice>
      <Text label={t("notes.here")} text={mine} />
      <Text label={t("notes.elsewhere")} text={theirs} />
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          className="max-sm:min-h-11"
          isDisabled={all.length > MOST_CHARACTERS}
          onPress={() => onChosen(all)}
        >
          {t("notes.keepBoth")}
        </Button>
        <Button
          size="small"
          variant="secondary"
          className="max-sm:min-h-11"
          onPress={() => onChosen(mine)}
        >
          {t("notes.keepHere")}
        </Button>
        <Button
          size="small"
          variant="secondary"
          className="max-sm:min-h-11"
          onPress={() => onChosen(theirs)}
        >
          {t("notes.keepElsewhere")}
        </Button>
      </div>
    </div>
  );
}

function Text({ label, text }: { label: string; text: string }) {
  return (
    <figure>
      <figcaption className="mb-1 text-sm font-semibold">{label}</figcaption>
      <p
        dir="auto"
        className="max-h-48 overflow-y-auto rounded-control bg-subtle px-3.5 py-2.5 text-start wrap-anywhere whitespace-pre-wrap"
      >
        {text}
      </p>
    </figure>
  );
}

function storeOf(roomId: string) {
  return {
    read: () => api.note(roomId),
    write: (text: string, version: number) => api.writeNote(roomId, { text, version }),
    erase: () => api.eraseNote(roomId),
  };
}
