import { Search, X } from "lucide-react";
import { SearchField as AriaSearchField, Input, Label } from "react-aria-components";
import { t } from "../i18n";
import { IconButton } from "./Button";
import { classes } from "./classes";
import { FIELD, LABEL } from "./TextField";

export interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** The label is read out, not shown. */
  hideLabel?: boolean;
  className?: string;
}

export function SearchField({
  label,
  value,
  onChange,
  hideLabel = false,
  className,
}: SearchFieldProps) {
  return (
    <AriaSearchField value={value} onChange={onChange} className={className ?? ""}>
      <Label className={hideLabel ? "sr-only" : LABEL}>{label}</Label>
      <div className="relative">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-3 left-3.5 z-10 size-5 text-faint"
        />
        <Input
          placeholder={hideLabel ? label : ""}
          className={classes(FIELD, "pr-12 pl-11 [&::-webkit-search-cancel-button]:hidden")}
        />
        {value !== "" && (
          <IconButton aria-label={t("common.clearSearch")} className="absolute inset-y-0 right-0">
            <X aria-hidden className="size-4" />
          </IconButton>
        )}
      </div>
    </AriaSearchField>
  );
}
