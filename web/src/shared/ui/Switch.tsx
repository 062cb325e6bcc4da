import { type ReactNode, useId } from "react";
import { Switch as AriaSwitch } from "react-aria-components";
import { classes } from "./classes";

export interface SwitchProps {
  label: string;
  description?: ReactNode;
  isSelected: boolean;
  onChange: (selected: boolean) => void;
  isDisabled?: boolean;
}

/** A labelled switch, its explanation below; the whole row is the target. */
export function Switch({
  label,
  description,
  isSelected,
  onChange,
  isDisabled = false,
}: SwitchProps) {
  const descriptionId = useId();
  return (
    <AriaSwitch
      isSelected={isSelected}
      onChange={onChange}
      isDisabled={isDisabled}
      aria-describedby={descriptionId}
      aria-label={label}
      className={classes(
        "group flex cursor-pointer items-start justify-between gap-5 rounded-control p-3 ring-1 ring-line transition-colors ring-inset",
        "data-disabled:cursor-not-allowed data-disabled:bg-page data-hovered:ring-line-strong data-selected:bg-accent-subtle data-selected:ring-accent-line",
        "data-focus-visible:outline-2 data-focus-visible:outline-offset-2 data-focus-visible:outline-focus",
      )}
    >
      <span>
        <span className="block font-semibold">{label}</span>
        <span id={descriptionId} className="mt-0.5 block text-sm text-muted">
          {description}
        </span>
      </span>
      <span
        aria-hidden
        className="drawn mt-0.5 flex h-7 w-12 shrink-0 items-center rounded-full bg-line-strong p-1 transition-colors group-data-disabled:bg-line group-data-selected:bg-accent"
      >
        <span className="size-5 rounded-full bg-knob shadow-sm transition-transform group-data-selected:translate-x-5" />
      </span>
    </AriaSwitch>
  );
}
