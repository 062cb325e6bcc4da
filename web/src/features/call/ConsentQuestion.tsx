import { useId } from "react";
import { shown } from "../../shared/api/consentTexts";
import { refusalWords } from "../../shared/api/refusals";
import type { ConsentText, ShownText } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { ConsentWords } from "./ConsentWords";
import { isAsked } from "./core/selectors";
import type { CallState } from "./core/state";
import { providerName } from "./recordingWords";

export interface ConsentQuestionProps {
  state: CallState;
  /** The other party's name, while that of the provider is not known. */
  name: string;
  consentText: string | ConsentText | undefined;
  onConsent: (given: boolean, text: ShownText | undefined) => void;
}

/** Asked in mid-call whether it may be recorded: beside the call and its controls, over neither. */
export function ConsentQuestion({ state, name, consentText, onConsent }: ConsentQuestionProps) {
  const title = useId();
  if (!isAsked(state)) return null;
  const decide = (given: boolean) =>
    onConsent(given, typeof consentText === "object" ? shown(consentText) : undefined);
  return (
    <section
      aria-labelledby={title}
      className="mx-4 mb-3 flex max-h-[40dvh] shrink-0 flex-col gap-3 overflow-y-auto rounded-card bg-stage-raised p-4 text-stage-ink ring-1 ring-stage-line sm:mx-6"
    >
      <div>
        <h2 id={title} className="font-semibold text-stage-strong">
          {t("call.recording.question")}
        </h2>
        <p className="mt-1 text-sm wrap-anywhere">
          {t("call.recording.questionText", { name: providerName(state, name) })}
        </p>
        {state.textChanged && (
          <p role="alert" className="mt-1 text-sm font-medium text-stage-warning">
            {refusalWords({ code: "consent_text_changed" })}
          </p>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard. */}
      <div tabIndex={0} className="min-h-16 flex-1 overflow-y-auto rounded-control bg-stage">
        <ConsentWords text={consentText} className="text-stage-ink" />
      </div>
      <div className="flex flex-wrap justify-end gap-3">
        <Button variant="night" onPress={() => decide(false)}>
          {t("call.recording.decline")}
        </Button>
        <Button onPress={() => decide(true)}>{t("call.recording.give")}</Button>
      </div>
    </section>
  );
}
