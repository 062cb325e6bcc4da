import { CircleSlash, MonitorSmartphone, PhoneOff } from "lucide-react";
import type { ReactNode } from "react";
import type { CallError } from "../../call/errors";
import type { CallState, Ended } from "../../call/machine";
import { t } from "../../i18n";
import { formatDuration } from "../../i18n/format";
import { Button } from "../Button";

export interface OutcomeProps {
  state: CallState;
  failure: CallError | null;
  onClose: (ended: Ended) => void;
  /** Take the call into this window again. */
  onReturn: () => void;
}

/** Where a call ends up: over, gone on in another window, or refused. */
export function Outcome({ state, failure, onClose, onReturn }: OutcomeProps) {
  const { ended, roomId } = state;
  if (ended !== null) return <EndedScreen state={state} ended={ended} onClose={onClose} />;
  if (state.phase === "replaced") return <ReplacedScreen onReturn={onReturn} />;
  return (
    <Screen icon={<CircleSlash aria-hidden className="size-8" />} {...refusalWords(state, failure)}>
      <Button
        size="large"
        onPress={() => onClose({ roomId, durationSeconds: 0, durationMinutes: 0, reason: "failed" })}
      >
        {t("call.ended.close")}
      </Button>
    </Screen>
  );
}

function EndedScreen({
  state,
  ended,
  onClose,
}: {
  state: CallState;
  ended: Ended;
  onClose: (ended: Ended) => void;
}) {
  const { durationSeconds } = ended;
  return (
    <Screen
      icon={<PhoneOff aria-hidden className="size-8" />}
      title={t("call.ended.title")}
      text={t(`call.ended.${ended.reason}`)}
    >
      {durationSeconds > 0 && (
        <p className="-mt-4 mb-8 text-night-300">
          {t("call.ended.duration", { duration: formatDuration(durationSeconds * 1000) })}
        </p>
      )}
      {state.emergency !== null && (
        <p className="-mt-4 mb-8 font-medium text-rose-200">
          {t("call.ended.wasEmergency")} {t("call.emergency.call", { phone: state.emergency.phone })}
        </p>
      )}
      <Button size="large" autoFocus onPress={() => onClose(ended)}>
        {t("call.ended.close")}
      </Button>
    </Screen>
  );
}

function ReplacedScreen({ onReturn }: { onReturn: () => void }) {
  return (
    <Screen
      icon={<MonitorSmartphone aria-hidden className="size-8" />}
      title={t("call.replaced.title")}
      text={t("call.replaced.text")}
    >
      <Button size="large" onPress={onReturn}>
        {t("call.replaced.here")}
      </Button>
    </Screen>
  );
}

function refusalWords(state: CallState, failure: CallError | null): { title: string; text: string } {
  if (failure?.code === "unsupported")
    return { title: t("call.unsupported.title"), text: t("call.unsupported.text") };
  const signedOut = failure?.code === "not_signed_in";
  const text = signedOut ? t("call.refused.signedOut") : state.refusal || (failure?.detail ?? "");
  return { title: t("call.refused.title"), text };
}

interface ScreenProps {
  icon: ReactNode;
  title: string;
  text: string;
  children: ReactNode;
}

function Screen({ icon, title, text, children }: ScreenProps) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center bg-radial from-night-800 to-night-950 p-6 text-center">
      <span className="grid size-20 place-items-center rounded-full bg-night-700 text-night-100">{icon}</span>
      <h1 className="mt-7 text-3xl font-semibold tracking-tight text-white">{title}</h1>
      <p className="mt-2 mb-8 max-w-sm text-lg text-night-100">{text}</p>
      {children}
    </div>
  );
}
