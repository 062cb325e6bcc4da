import { Info, TriangleAlert, X } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "react-aria-components";
import { type MessageKey, t } from "../../shared/i18n";
import { classes } from "../../shared/ui/classes";
import type { CallErrorCode } from "./core/errors";
import type { CallState } from "./core/state";

type Device = "microphone" | "camera" | "both";

interface Action {
  readonly words: string;
  readonly onPress: () => void;
}

export interface News {
  readonly text: string;
  readonly action?: Action;
}

export interface ProblemsProps {
  state: CallState;
  /** What has just changed: a decision about the recording, somebody who does not come. */
  news: readonly News[];
  /** A problem that no state tells, such as a screen that could not be shared. */
  passing: string | null;
  onDismiss: () => void;
  onRetry: (kind: "microphone" | "camera") => Promise<unknown>;
}

/** What does not work on this side and what to do about it; the call goes on meanwhile. */
export function Problems({ state, news, passing, onDismiss, onRetry }: ProblemsProps) {
  const [hidden, setHidden] = useState<readonly string[]>([]);
  // What was read once is news again when it happens again.
  const told = news.map(({ text }) => text).join("\n");
  useEffect(
    () => setHidden((all) => all.filter((each) => !told.split("\n").includes(each))),
    [told],
  );
  const shown = found(state).filter(({ device, code }) => !hidden.includes(device + code));
  return (
    <div className="absolute inset-x-3 top-3 z-20 mx-auto flex max-w-xl flex-col gap-2 sm:top-4 short:static short:order-first short:mx-3 short:mb-2 short:max-w-none short:empty:hidden">
      {news
        .filter(({ text }) => !hidden.includes(text))
        .map(({ text, action }) => (
          <Problem
            key={text}
            text={text}
            isNews
            {...(action !== undefined && { action })}
            onDismiss={() => setHidden([...hidden, text])}
          />
        ))}
      {shown.map(({ device, code }) => (
        <Problem
          key={device}
          text={t(sentence(device, code))}
          action={{ words: t("call.problems.retry"), onPress: () => void retry(device, onRetry) }}
          onDismiss={() => setHidden([...hidden, device + code])}
        />
      ))}
      {passing !== null && <Problem text={passing} onDismiss={onDismiss} />}
    </div>
  );
}

/** One problem that both devices have is one sentence. */
function found({
  problems: { microphone, camera },
}: CallState): { device: Device; code: CallErrorCode }[] {
  if (microphone !== null && microphone === camera) return [{ device: "both", code: microphone }];
  return [
    ...(microphone === null ? [] : [{ device: "microphone" as const, code: microphone }]),
    ...(camera === null ? [] : [{ device: "camera" as const, code: camera }]),
  ];
}

async function retry(device: Device, onRetry: ProblemsProps["onRetry"]): Promise<void> {
  if (device !== "camera") await onRetry("microphone");
  if (device !== "microphone") await onRetry("camera");
}

function sentence(device: Device, code: CallErrorCode): MessageKey {
  switch (code) {
    case "permission_denied":
    case "permission_denied_by_system":
    case "permission_denied_by_policy":
    case "no_device":
    case "device_lost":
    case "device_interrupted":
      return `call.problems.${device}.${code}`;
    case "blur_failed":
      return "call.problems.camera.blur_failed";
    case "insecure_context":
    case "unsupported":
      return `call.problems.both.${code}`;
    default:
      return `call.problems.${device}.device_busy`;
  }
}

interface ProblemProps {
  text: string;
  /** No problem at all, and read out already, by the announcer. */
  isNews?: boolean;
  action?: Action;
  onDismiss: () => void;
}

function Problem({ text, isNews = false, action, onDismiss }: ProblemProps) {
  return (
    <div
      {...(!isNews && { role: "alert" })}
      className={classes(
        "flex animate-rise flex-wrap items-center gap-3 rounded-card bg-stage/90 py-2.5 pr-2 pl-4 text-sm text-stage-ink shadow-float ring-1 backdrop-blur-sm short:py-0.5",
        isNews ? "ring-stage-line" : "ring-stage-warning/40",
      )}
    >
      {isNews ? (
        <Info aria-hidden className="size-5 shrink-0 text-stage-accent" />
      ) : (
        <TriangleAlert aria-hidden className="size-5 shrink-0 text-stage-warning" />
      )}
      <p className="min-w-0 flex-1 wrap-anywhere max-sm:py-1">{text}</p>
      {action !== undefined && (
        <Button
          onPress={action.onPress}
          className="min-h-9 shrink-0 cursor-pointer rounded-control bg-stage-control px-3 font-semibold max-sm:order-last max-sm:mr-2 max-sm:mb-1 max-sm:min-h-11 max-sm:basis-full text-stage-strong data-hovered:bg-stage-control-hover"
        >
          {action.words}
        </Button>
      )}
      <Button
        onPress={onDismiss}
        aria-label={t("call.problems.dismiss")}
        className="grid size-9 shrink-0 cursor-pointer place-items-center rounded-full data-hovered:bg-stage-control"
      >
        <X aria-hidden className="size-4" />
      </Button>
    </div>
  );
}
