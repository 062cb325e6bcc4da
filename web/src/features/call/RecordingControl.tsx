import { Circle, CircleAlert, CircleHelp, CirclePause, ShieldCheck } from "lucide-react";
import { useEffect, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { shown } from "../../shared/api/consentTexts";
import { refusalWords } from "../../shared/api/refusals";
import type { ConsentText, ShownText } from "../../shared/api/schema";
import type { RecordingPhase } from "../../shared/api/signaling/messages";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { classes } from "../../shared/ui/classes";
import { Decision as Choices, ConfirmDialog, Dialog } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";
import { ConsentWords } from "./ConsentWords";
import { isAsked, ownPart, recordingPhase } from "./core/selectors";
import type { CallState } from "./core/state";
import { pauseWords, stateWord, whyWords } from "./recordingWords";

type Phase = RecordingPhase | "unknown";

const LOOKS: Record<Phase, { pill: string; icon: typeof Circle }> = {
  off: { pill: "bg-stage-raised text-stage-ink", icon: ShieldCheck },
  awaiting_consent: { pill: "bg-stage-raised text-stage-ink", icon: Circle },
  recording: {
    pill: "bg-stage-raised text-stage-strong ring-1 ring-stage-recording ring-inset",
    icon: Circle,
  },
  paused: { pill: "bg-stage-raised text-stage-warning", icon: CirclePause },
  stopped: { pill: "bg-stage-raised text-stage-ink", icon: ShieldCheck },
  failed: { pill: "bg-warning-subtle text-warning-ink", icon: CircleAlert },
  unknown: { pill: "bg-stage-raised text-stage-warning", icon: CircleHelp },
};

export interface RecordingControlProps {
  state: CallState;
  isProvider: boolean;
  /** The exact words that people agree to. */
  consentText: string | ConsentText | undefined;
  /** With the text that was shown; a withdrawal shows none. */
  onConsent: (given: boolean, text: ShownText | undefined) => void;
  onOffTheRecord: (off: boolean) => void;
  /** For the provider: ask everybody, or stop it for good. */
  onSwitch: (on: boolean) => void;
}

/**
 * Whether this call is recorded, always in sight; opened, why, and for the patient the decision.
 */
export function RecordingControl({
  state,
  isProvider,
  consentText,
  onConsent,
  onOffTheRecord,
  onSwitch,
}: RecordingControlProps) {
  const [open, setOpen] = useState(false);
  const [asksToErase, setAsksToErase] = useState(false);
  const isAgain = state.textChanged && !isAsked(state); // else the question itself says it
  useEffect(() => {
    if (isAgain) setOpen(true);
  }, [isAgain]);
  const phase = recordingPhase(state);
  const { pill, icon: Icon } = LOOKS[phase];
  const word = stateWord(state);
  const isOff = ownPart(state)?.off_the_record === true;
  const decides =
    !isProvider && state.recordingEnabled && ownPart(state)?.capabilities.recorded !== false;
  const erases = state.onWithdrawal === "erase";
  const decide = (given: boolean) => {
    const isShown = state.consent !== true && typeof consentText === "object";
    setOpen(false);
    if (state.consent === true && !given && erases) setAsksToErase(true);
    else onConsent(given, isShown ? shown(consentText) : undefined);
  };
  return (
    <>
      <AriaButton
        onPress={() => setOpen(true)}
        aria-label={t("call.recording.label", { state: word })}
        aria-haspopup="dialog"
        className={classes(
          "flex min-h-10 cursor-pointer items-center gap-2 rounded-full px-3.5 text-sm font-semibold whitespace-nowrap",
          "data-focus-visible:outline-2 data-focus-visible:outline-offset-3 data-focus-visible:outline-stage-accent",
          pill,
        )}
      >
        <Icon
          aria-hidden
          className={classes(
            "size-4",
            phase === "recording" && "animate-pulse fill-stage-recording text-stage-recording",
          )}
        />
        <span>{word}</span>
      </AriaButton>
      <Dialog isOpen={open} onClose={() => setOpen(false)} title={word}>
        <p className="mt-2 text-muted">{pauseWords(state) ?? whyWords(state, isProvider)}</p>
        {state.recordingEnabled && phase !== "unknown" && (
          <div className="mt-4 flex flex-col sm:flex-row sm:justify-end">
            <Button
              variant="secondary"
              onPress={() => {
                onOffTheRecord(!isOff);
                setOpen(false);
              }}
            >
              {t(isOff ? "call.recording.off.lift" : "call.recording.off.ask")}
            </Button>
          </div>
        )}
        {isProvider && state.startedAt !== null && phase !== "unknown" && (
          <Switching
            state={state}
            onSwitch={(on) => {
              setOpen(false);
              onSwitch(on);
            }}
          />
        )}
        {decides && (
          <>
            {state.textChanged && (
              <Notice tone="bad" className="mt-4">
                {refusalWords({ code: "consent_text_changed" })}
              </Notice>
            )}
            <Decision
              consent={state.consent}
              erases={erases}
              consentText={consentText}
              onDecide={decide}
            />
          </>
        )}
      </Dialog>
      <ConfirmDialog
        isOpen={asksToErase}
        onClose={() => setAsksToErase(false)}
        title={t("call.recording.eraseTitle")}
        text={t("call.recording.withdrawErase")}
        confirm={t("call.recording.erase")}
        keep={t("call.recording.eraseNot")}
        danger
        onConfirm={() => {
          setAsksToErase(false);
          onConsent(false, undefined);
        }}
      />
    </>
  );
}

interface SwitchingProps {
  state: CallState;
  onSwitch: (on: boolean) => void;
}

/** Whoever has refused can be asked once more; the server knows when. */
function Switching({ state, onSwitch }: SwitchingProps) {
  const isOn = state.recordingEnabled && recordingPhase(state) !== "stopped";
  return (
    <>
      <p className="mt-4 text-sm text-muted">
        {t(isOn ? "call.recording.switchOffText" : "call.recording.switchOnText")}
      </p>
      <Choices>
        {isOn ? (
          <Button variant="danger" onPress={() => onSwitch(false)}>
            {t("call.recording.switchOff")}
          </Button>
        ) : (
          <Button onPress={() => onSwitch(true)}>{t("call.recording.switchOn")}</Button>
        )}
      </Choices>
    </>
  );
}

interface DecisionProps {
  consent: boolean | null;
  /** To withdraw erases what was recorded so far. */
  erases: boolean;
  consentText: string | ConsentText | undefined;
  onDecide: (given: boolean) => void;
}

function Decision({ consent, erases, consentText, onDecide }: DecisionProps) {
  return (
    <>
      {consent !== true && <ConsentWords text={consentText} className="mt-4 bg-page text-muted" />}
      {consent === true && (
        <p className="mt-4 text-sm text-muted">
          {t(erases ? "call.recording.withdrawErase" : "call.recording.withdrawKeep")}
        </p>
      )}
      <Choices>
        {consent === null && (
          <Button variant="secondary" onPress={() => onDecide(false)}>
            {t("call.recording.decline")}
          </Button>
        )}
        {consent === true ? (
          <Button variant="danger" onPress={() => onDecide(false)}>
            {t(erases ? "call.recording.erase" : "call.recording.withdraw")}
          </Button>
        ) : (
          <Button onPress={() => onDecide(true)}>{t("call.recording.give")}</Button>
        )}
      </Choices>
    </>
  );
}
