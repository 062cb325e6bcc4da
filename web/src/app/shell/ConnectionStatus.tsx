import { useSignalingState } from "../../features/identity";
import type { SignalingState } from "../../shared/api/signaling/client";
import { type MessageKey, t } from "../../shared/i18n";
import { classes } from "../../shared/ui/classes";

const WORDS: Record<SignalingState, MessageKey> = {
  idle: "connection.connecting",
  connecting: "connection.connecting",
  open: "connection.open",
  waiting: "connection.waiting",
  refused: "connection.closed",
  closed: "connection.closed",
};

/** Whether calls and messages can reach this page at once. */
export function ConnectionStatus() {
  const state = useSignalingState();
  const connected = state === "open";
  return (
    <div role="status" className="flex items-center gap-2 text-sm text-muted">
      <span
        aria-hidden
        className={classes(
          "drawn size-2.5 rounded-full",
          connected ? "bg-success" : "animate-pulse bg-warning",
        )}
      />
      <span className={classes(connected && "max-sm:sr-only")}>{t(WORDS[state])}</span>
    </div>
  );
}
