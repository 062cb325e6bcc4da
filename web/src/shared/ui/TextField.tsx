import { type InputHTMLAttributes, type ReactNode, useId } from "react";
import { classes } from "./classes";

export const FIELD =
  "min-h-11 w-full rounded-control bg-surface px-3.5 text-base text-ink ring-1 ring-inset ring-line-strong/70 outline-none transition-shadow " +
  "placeholder:text-faint hover:ring-line-strong focus:ring-2 focus:ring-accent focus:outline-none";
export const LABEL = "mb-1.5 block text-sm font-semibold text-ink";

export interface TextFieldProps
  extends Omit<InputHTMLAttributes<HTMLInputElement>, "id" | "value" | "onChange" | "className"> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
  /** Room inside the field, at its end, for a button. */
  trailing?: ReactNode;
}

/**
 * A plain labelled input: the browser's own does all that is needed, and the sign-in page stays
 * light.
 */
export function TextField({ label, className, trailing, onChange, ...props }: TextFieldProps) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className={LABEL}>
        {label}
      </label>
      <div className="relative">
        <input
          {...props}
          id={id}
          onChange={({ target }) => onChange(target.value)}
          className={classes(FIELD, Boolean(trailing) && "pr-12")}
        />
        {trailing && <div className="absolute inset-y-0 right-0 flex items-center">{trailing}</div>}
      </div>
    </div>
  );
}
