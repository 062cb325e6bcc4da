import { type TextareaHTMLAttributes, useId } from "react";
import { classes } from "./classes";
import { FIELD, LABEL } from "./TextField";

export interface TextAreaProps
  extends Omit<
    TextareaHTMLAttributes<HTMLTextAreaElement>,
    "id" | "value" | "onChange" | "className"
  > {
  label: string;
  /** Below the label, what to write. */
  hint: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
}

/** A labelled field for several lines. */
export function TextArea({ label, hint, className, onChange, ...props }: TextAreaProps) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className={LABEL}>
        {label}
      </label>
      <textarea
        {...props}
        id={id}
        aria-describedby={`${id}-hint`}
        dir="auto"
        onChange={({ target }) => onChange(target.value)}
        className={classes(FIELD, "block py-2.5")}
      />
      <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
        {hint}
      </p>
    </div>
  );
}
