import type { Ref } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { t } from "../../shared/i18n";

export interface ConsentChoiceProps {
  ref?: Ref<HTMLDivElement>;
  value: boolean | null;
  onChange: (consent: boolean) => void;
}

const RADIO =
  "group flex cursor-pointer items-start gap-3 rounded-control p-3.5 ring-1 ring-line-strong/70 ring-inset transition-colors " +
  "data-hovered:bg-page data-selected:bg-accent-subtle data-selected:ring-2 data-selected:ring-accent " +
  "data-focus-visible:outline-2 data-focus-visible:outline-offset-2 data-focus-visible:outline-focus";

/**
 * Yes or no, neither chosen beforehand and both of the same weight: consent has to be given freely.
 */
export function ConsentChoice({ ref, value, onChange }: ConsentChoiceProps) {
  return (
    <RadioGroup
      {...(ref && { ref })}
      value={value === null ? null : value ? "yes" : "no"}
      onChange={(chosen) => onChange(chosen === "yes")}
      className="flex flex-col gap-2.5 pt-5 short:pt-3"
    >
      <Label className="font-semibold">{t("invitation.consentQuestion")}</Label>
      <Choice
        value="yes"
        label={t("invitation.consentGive")}
        text={t("invitation.consentGiveText")}
      />
      <Choice
        value="no"
        label={t("invitation.consentDecline")}
        text={t("invitation.consentDeclineText")}
      />
    </RadioGroup>
  );
}

function Choice({ value, label, text }: { value: string; label: string; text: string }) {
  return (
    <Radio value={value} className={RADIO}>
      <span
        aria-hidden
        className="drawn mt-0.5 inline-flex size-5 shrink-0 items-center justify-center rounded-full bg-surface ring-2 ring-line-strong ring-inset group-data-selected:ring-[6px] group-data-selected:ring-accent"
      />
      <span>
        <span className="block font-semibold">{label}</span>
        <span className="block text-sm text-muted">{text}</span>
      </span>
    </Radio>
  );
}
