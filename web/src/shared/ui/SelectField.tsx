import { ChevronDown } from "lucide-react";
import {
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
} from "react-aria-components";
import { classes } from "./classes";
import { FIELD, LABEL } from "./TextField";

export interface SelectFieldProps<Key extends string> {
  label: string;
  value: Key;
  onChange: (value: Key) => void;
  /** In their order, with what they are called. */
  options: readonly (readonly [Key, string])[];
  /** Where nothing is chosen. */
  placeholder?: string;
  className?: string;
}

/** One of a few, in a list that opens. */
export function SelectField<Key extends string>({
  label,
  value,
  onChange,
  options,
  placeholder,
  className,
}: SelectFieldProps<Key>) {
  return (
    <Select
      value={value}
      onChange={(key) => onChange(key as Key)}
      className={className ?? ""}
      {...(placeholder !== undefined && { placeholder })}
    >
      <Label className={LABEL}>{label}</Label>
      <Button
        className={classes(
          FIELD,
          "flex cursor-pointer items-center justify-between gap-2 text-start data-focus-visible:ring-2 data-focus-visible:ring-accent",
        )}
      >
        <SelectValue className="truncate" />
        <ChevronDown aria-hidden className="size-4 shrink-0 text-muted" />
      </Button>
      <Popover className="min-w-(--trigger-width) rounded-control bg-raised p-1 text-ink shadow-float ring-1 ring-line">
        <ListBox className="outline-none">
          {options.map(([key, words]) => (
            <ListBoxItem
              key={key}
              id={key}
              textValue={words}
              className="flex min-h-10 cursor-pointer items-center rounded-md px-3 outline-none data-focused:bg-subtle data-selected:font-bold data-selected:text-accent-ink"
            >
              {words}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
