import type { ReactNode } from "react";
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  Input,
  Label,
} from "react-aria-components";
import { classes } from "./classes";

export const FIELD =
  "min-h-11 w-full rounded-control bg-surface px-3.5 text-base text-ink ring-1 ring-inset ring-line-strong/70 outline-none transition-shadow " +
  "placeholder:text-faint data-hovered:ring-line-strong data-focused:ring-2 data-focused:ring-accent data-focused:outline-none";
export const LABEL = "mb-1.5 block text-sm font-semibold text-ink";

export interface TextFieldProps extends Omit<AriaTextFieldProps, "children" | "className" | "style"> {
  label: string;
  className?: string;
  /** Room inside the field, at its end, for a button. */
  trailing?: ReactNode;
  min?: string;
  max?: string;
}

export function TextField({ label, className, trailing, min, max, ...props }: TextFieldProps) {
  return (
    <AriaTextField {...props} className={className ?? ""}>
      <Label className={LABEL}>{label}</Label>
      <div className="relative">
        <Input
          className={classes(FIELD, Boolean(trailing) && "pr-12")}
          {...(min ? { min } : {})}
          {...(max ? { max } : {})}
        />
        {trailing && <div className="absolute inset-y-0 right-0 flex items-center">{trailing}</div>}
      </div>
    </AriaTextField>
  );
}
