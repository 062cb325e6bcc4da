import { Label, Radio, RadioGroup } from "react-aria-components";
import { LABEL } from "../../shared/ui/TextField";

export interface ChoiceProps<Value extends string> {
  label: string;
  /** None before one is chosen. */
  value: Value | null;
  onChange: (value: Value) => void;
  options: readonly (readonly [Value, string])[];
}

/** One of a few, each in words of its own. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, onChange, options } = props;
  return (
    <RadioGroup
      value={value}
      onChange={(key) => onChange(key as Value)}
      className="mt-5 flex flex-col gap-1"
    >
      <Label className={LABEL}>{label}</Label>
      {options.map(([each, words]) => (
        <Radio
          key={each}
          value={each}
          className="group flex min-h-11 cursor-pointer items-center gap-3 rounded-control px-2 outline-none data-focus-visible:ring-2 data-focus-visible:ring-accent data-hovered:bg-subtle"
        >
          <span
            aria-hidden
            className="drawn inline-flex size-5 shrink-0 rounded-full bg-surface ring-2 ring-line-strong ring-inset group-data-selected:ring-[6px] group-data-selected:ring-accent"
          />
          {words}
        </Radio>
      ))}
    </RadioGroup>
  );
}
