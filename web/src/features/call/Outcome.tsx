import { CircleSlash, MonitorSmartphone, Phone, PhoneOff } from "lucide-react";
import { type ReactNode, useState } from "react";
import { refusalWords, words } from "../../shared/api/refusals";
import { t } from "../../shared/i18n";
import { formatDuration } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import type { CallError } from "./core/errors";
import type { CallState, Ended } from "./core/state";
import { endingWords } from "./endings";
import { reachOf } from "./reach";

export interface OutcomeProps {
  state: CallState;
  failure: CallError | null;
  isProvider: boolean;
  /** The other party's. */
  name: string;
  onClose: (ended: Ended) => void;
  onCallAgain: (() => Promise<unknown>) | undefined;
  /** Take the call into this window again. */
  onReturn: () => void;
}

/** Where a call ends up: over, gone on in another window, or refused. */
export function Outcome({ state, failure, onReturn, ...props }: OutcomeProps) {
  const { ended, roomId } = state;
  if (ended !== null) return <EndedScreen state={state} ended={ended} {...props} />;
  if (state.phase === "replaced") return <ReplacedScreen onReturn={onReturn} />;
  const nothing: Ended = {
    roomId,
    durationSeconds: 0,
    durationMinutes: 0,
    reason: "failed",
    endedBy: null,
  };
  return (
    <Screen icon={<CircleSlash aria-hidden className="size-8" />} {...whyNot(state, failure)}>
      <Button size="large" autoFocus onPress={() => props.onClose(nothing)}>
        {t("call.ended.close")}
      </Button>
    </Screen>
  );
}

interface EndedScreenProps extends Omit<OutcomeProps, "failure" | "onReturn"> {
  ended: Ended;
}

function EndedScreen({ state, ended, isProvider, name, ...props }: EndedScreenProps) {
  const { durationSeconds, reason } = ended;
  const callAgain = reason === "missed" ? props.onCallAgain : undefined;
  const close = (
    <Button
      size="large"
      variant={callAgain ? "night" : "primary"}
      autoFocus={!callAgain}
      onPress={() => props.onClose(ended)}
    >
      {t("call.ended.close")}
    </Button>
  );
  return (
    <Screen
      icon={<PhoneOff aria-hidden className="size-8" />}
      {...endingWords(state, isProvider, name)}
    >
      {durationSeconds > 0 && (
        <p className="-mt-4 mb-8 text-stage-muted">
          {t("call.ended.duration", { duration: formatDuration(durationSeconds * 1000) })}
        </p>
      )}
      {state.emergency !== null && (
        <p className="-mt-4 mb-8 font-medium text-stage-danger">
          {t("call.ended.wasEmergency")} {reachOf(state.emergency).text}{" "}
          {t("call.emergency.call", {
            phone: reachOf(state.emergency).practicePhone || state.emergency.phone,
          })}
        </p>
      )}
      {callAgain ? <CallAgain onCallAgain={callAgain}>{close}</CallAgain> : close}
    </Screen>
  );
}

interface CallAgainProps {
  onCallAgain: () => Promise<unknown>;
  /** What else can be done. */
  children: ReactNode;
}

function CallAgain({ onCallAgain, children }: CallAgainProps) {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const call = () => {
    setPending(true);
    setProblem(null);
    onCallAgain().catch((error: unknown) => {
      setProblem(words(error));
      setPending(false);
    });
  };
  return (
    <>
      {problem !== null && (
        <p role="alert" className="-mt-4 mb-6 max-w-md font-medium text-stage-warning">
          {problem}
        </p>
      )}
      <div className="flex flex-wrap justify-center gap-3">
        <Button size="large" autoFocus isPending={pending} onPress={call}>
          <Phone aria-hidden className="size-5" />
          {t("call.ended.callAgain")}
        </Button>
        {children}
      </div>
    </>
  );
}

function ReplacedScreen({ onReturn }: { onReturn: () => void }) {
  return (
    <Screen
      icon={<MonitorSmartphone aria-hidden className="size-8" />}
      title={t("call.replaced.title")}
      text={t("call.replaced.text")}
    >
      <Button size="large" autoFocus onPress={onReturn}>
        {t("call.replaced.here")}
      </Button>
    </Screen>
  );
}

function whyNot(state: CallState, failure: CallError | null): { title: string; text: string } {
  if (failure?.code === "unsupported")
    return { title: t("call.unsupported.title"), text: t("call.unsupported.text") };
  const signedOut = failure?.code === "not_signed_in";
  const said = state.refusal === null ? t("errors.unknown") : refusalWords(state.refusal);
  return { title: t("call.refused.title"), text: signedOut ? t("call.refused.signedOut") : said };
}

interface ScreenProps {
  icon: ReactNode;
  title: string;
  text: string;
  children: ReactNode;
}

function Screen({ icon, title, text, children }: ScreenProps) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center overflow-y-auto bg-radial from-stage-raised to-stage p-6 text-center">
      <span className="grid size-20 shrink-0 place-items-center short:hidden rounded-full bg-stage-control text-stage-ink">
        {icon}
      </span>
      <h1
        dir="auto"
        title={title}
        className="mt-7 line-clamp-3 max-w-full text-3xl font-semibold tracking-tight text-stage-strong wrap-anywhere short:mt-3 short:text-xl tiny:text-xl"
      >
        {title}
      </h1>
      <p className="mt-2 mb-8 line-clamp-6 max-w-md text-lg text-balance text-stage-ink wrap-anywhere short:mb-5 short:text-base">
        {text}
      </p>
      {children}
    </div>
  );
}
