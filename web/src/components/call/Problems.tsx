import { TriangleAlert, X } from "lucide-react";
import { useState } from "react";
import { Button } from "react-aria-components";
import type { CallErrorCode } from "../../call/errors";
import type { CallState } from "../../call/machine";
import { type MessageKey, t } from "../../i18n";

export interface ProblemsProps {
  state: CallState;
  /** A problem that no state tells, such as a screen that could not be shared. */
  passing: string | null;
  onDismiss: () => void;
  onRetry: (kind: "microphone" | "camera") => void;
}

/** What does not work on this side and what to do about it; the call goes on meanwhile. */
export function Problems({ state, passing, onDismiss, onRetry }: ProblemsProps) {
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const { microphone, camera } = state.problems;
  const kinds = (["microphone", "camera"] as const).filter(
    (kind) => !(kind === "camera" && camera === microphone),
  );
  const shown = kinds.flatMap((kind) => {
    const code = state.problems[kind];
    return code === null || hidden.includes(kind + code) ? [] : [{ kind, code }];
  });
  return (
    <div className="absolute inset-x-3 top-3 z-20 mx-auto flex max-w-xl flex-col gap-2 sm:top-4">
      {shown.map(({ kind, code }) => (
        <Problem
          key={kind}
          text={t(sentence(kind, code))}
          onRetry={() => onRetry(kind)}
          onDismiss={() => setHidden([...hidden, kind + code])}
        />
      ))}
      {passing !== null && <Problem text={passing} onDismiss={onDismiss} />}
    </div>
  );
}

function sentence(kind: "microphone" | "camera", code: CallErrorCode): MessageKey {
  switch (code) {
    case "permission_denied":
    case "no_device":
    case "device_lost":
      return `call.problems.${kind}.${code}`;
    case "insecure_context":
    case "unsupported":
      return `call.problems.microphone.${code}`;
    default:
      return `call.problems.${kind}.device_busy`;
  }
}

interface ProblemProps {
  text: string;
  onRetry?: () => void;
  onDismiss: () => void;
}

function Problem({ text, onRetry, onDismiss }: ProblemProps) {
  return (
    <div
      role="alert"
      className="flex animate-rise items-center gap-3 rounded-card bg-night-950/90 py-2.5 pr-2 pl-4 text-sm text-night-100 shadow-float ring-1 ring-clay-200/40 backdrop-blur-sm"
    >
      <TriangleAlert aria-hidden className="size-5 shrink-0 text-clay-200" />
      <p className="min-w-0 flex-1">{text}</p>
      {onRetry !== undefined && (
        <Button
          onPress={onRetry}
          className="min-h-9 shrink-0 cursor-pointer rounded-control bg-night-700 px-3 font-semibold text-white data-hovered:bg-night-600"
        >
          {t("call.problems.retry")}
        </Button>
      )}
      <Button
        onPress={onDismiss}
        aria-label={t("call.problems.dismiss")}
        className="grid size-9 shrink-0 cursor-pointer place-items-center rounded-full data-hovered:bg-night-700"
      >
        <X aria-hidden className="size-4" />
      </Button>
    </div>
  );
}
