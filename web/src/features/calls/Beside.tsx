import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { t } from "../../shared/i18n";
import { IconButton } from "../../shared/ui/Button";
import { classes } from "../../shared/ui/classes";
import { useSize } from "../../shared/ui/useSize";
import { Attempts } from "./attempts";
import type { BesidePart } from "./besideParts";

export interface BesideProps {
  parts: readonly BesidePart[];
  /** Read out as it changes; the same words under another key are read out again. */
  news: { key: number; words: string } | null;
  /**
   * The part that opens by itself, once for each key, while it has room beside the call; where it
   * has none any more, as on a tablet that is turned, it closes again unless somebody has used it.
   */
  summons: { id: string; key: string } | null;
  /** The call itself. */
  children: ReactNode;
}

/** Narrower than this, an open part lies over the whole picture; 40rem, as its class has it. */
const COVERED_PX = 640;
/** From here on it stands beside the call and covers nothing of it; 64rem, as in its classes. */
const BESIDE_PX = 1024;

/**
 * A call, and beside it one of the parts that can be opened: next to the picture where there is
 * room, below it on a tablet held upright, over it on a phone. What was opened once is only hidden
 * when it is closed, with all that was begun in it.
 */
export function Beside({ parts, news, summons, children }: BesideProps) {
  const [openId, setOpenId] = useState<string | null>(null);
  const [isUnasked, setUnasked] = useState(false);
  const [openedIds, setOpenedIds] = useState<readonly string[]>([]);
  const buttons = useRef(new Map<string, HTMLButtonElement>());
  const panelId = useId();
  const whole = useRef<HTMLDivElement>(null);
  const width = useSize(whole)?.width;
  const toggle = (id: string) => {
    setUnasked(false);
    setOpenId(id === openId ? null : id);
    setOpenedIds([...openedIds.filter((each) => each !== id), id]);
  };
  const summonedId = summons?.id;
  const summonedFor = summons?.key;
  useEffect(() => {
    if (summonedId === undefined || summonedFor === undefined) return;
    if ((whole.current?.clientWidth ?? 0) < BESIDE_PX) return;
    setUnasked(true);
    setOpenId(summonedId);
    setOpenedIds((before) => [...before.filter((each) => each !== summonedId), summonedId]);
  }, [summonedId, summonedFor]);
  useEffect(() => {
    if (isUnasked && width !== undefined && width < BESIDE_PX) setOpenId(null);
  }, [isUnasked, width]);
  const close = () => {
    setOpenId(null);
    if (openId !== null) buttons.current.get(openId)?.focus();
  };
  return (
    // As wide as its own place allows, which in the pages of a platform need not be the window's.
    <div ref={whole} className="@container flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-0 flex-1 flex-col-reverse bg-stage scheme-dark @min-[1024px]:flex-row">
        <div className="relative flex min-h-0 min-w-0 flex-1 flex-col @min-[1024px]:flex-row">
          {/* biome-ignore lint/a11y/noStaticElementInteractions: whoever goes there sees it */}
          <div
            className="min-h-0 min-w-0 flex-1"
            onFocus={() => (whole.current?.clientWidth ?? 0) < COVERED_PX && setOpenId(null)}
          >
            {children}
          </div>
          <p role="status" className="sr-only">
            {news && <span key={news.key}>{news.words}</span>}
          </p>
          {parts
            .filter(({ id }) => openedIds.includes(id))
            .map((part) => (
              <Panel
                key={part.id}
                id={`${panelId}-${part.id}`}
                part={part}
                isOpen={part.id === openId}
                onClose={close}
                onUse={() => setUnasked(false)}
              />
            ))}
        </div>
        {parts.length > 0 && (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in
          <div
            role="group"
            aria-label={t("beside.label")}
            className="flex shrink-0 justify-end gap-2 pt-2 pr-[max(0.75rem,env(safe-area-inset-right))] pl-3 @min-[1024px]:flex-col @min-[1024px]:justify-start @min-[1024px]:py-3 @min-[1024px]:pr-[max(0.5rem,env(safe-area-inset-right))] @min-[1024px]:pl-2"
          >
            {parts.map((part) => (
              <Button
                key={part.id}
                ref={(button) => {
                  if (button) buttons.current.set(part.id, button);
                }}
                aria-expanded={part.id === openId}
                {...(openedIds.includes(part.id) && { "aria-controls": `${panelId}-${part.id}` })}
                onPress={() => toggle(part.id)}
                aria-label={part.unread ? `${part.title}, ${part.unread.label}` : part.title}
                className={classes(
                  "relative flex min-h-11 min-w-11 cursor-pointer items-center justify-center gap-2 rounded-control px-2 text-sm font-medium text-stage-strong @min-[1024px]:min-w-16 @min-[1024px]:flex-col @min-[1024px]:gap-1 @min-[1024px]:px-1 @min-[1024px]:py-2 @min-[1024px]:text-xs",
                  "data-hovered:bg-stage-control data-focus-visible:outline-2 data-focus-visible:outline-stage-accent",
                  part.id === openId && "bg-stage-control-hover",
                )}
              >
                <part.Icon aria-hidden className="size-5 shrink-0" />
                <span className="hidden min-w-0 truncate @min-[320px]:inline">{part.short}</span>
                {part.unread && (
                  // Drawn, since it is in the button's name in words.
                  <span
                    aria-hidden
                    data-count={part.unread.count}
                    className="grid min-w-5 place-items-center rounded-full bg-accent px-1 text-xs font-bold text-on-accent before:content-[attr(data-count)] @min-[1024px]:absolute @min-[1024px]:top-1 @min-[1024px]:right-2"
                  />
                )}
              </Button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

interface PanelProps {
  id: string;
  part: BesidePart;
  isOpen: boolean;
  onClose: () => void;
  /** Somebody presses or writes something in it. */
  onUse: () => void;
}

function Panel({ id, part, isOpen, onClose, onUse }: PanelProps) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const isWithin = panel.current?.contains(document.activeElement);
    if (isOpen && !isWithin) panel.current?.focus({ preventScroll: true });
  }, [isOpen]);
  return (
    <aside
      id={id}
      ref={panel}
      hidden={!isOpen}
      tabIndex={-1}
      aria-label={part.title}
      onPointerDownCapture={onUse}
      onKeyDownCapture={onUse}
      onKeyDown={({ key, nativeEvent }) =>
        key === "Escape" && !nativeEvent.isComposing && onClose()
      }
      className="safe-x absolute inset-0 z-20 flex shrink-0 flex-col bg-page text-ink scheme-normal shadow-float outline-none @min-[640px]:not-tall:left-auto @min-[640px]:not-tall:w-96 @min-[640px]:@max-[1024px]:tall:static @min-[640px]:@max-[1024px]:tall:h-[45%] @min-[1024px]:static @min-[1024px]:w-96"
    >
      <div className="flex items-center justify-between gap-3 border-b border-line px-4 py-2">
        <h2 className="text-base font-bold">{part.title}</h2>
        <IconButton aria-label={t("beside.close", { title: part.title })} onPress={onClose}>
          <X aria-hidden className="size-5" />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto p-4">
        <Attempts onRetry={() => panel.current?.focus({ preventScroll: true })}>
          <part.Content isOpen={isOpen} />
        </Attempts>
      </div>
    </aside>
  );
}
