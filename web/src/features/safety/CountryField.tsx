import { useId, useMemo } from "react";
import { t } from "../../shared/i18n";
import { countryName } from "../../shared/i18n/format";
import { FIELD, LABEL } from "../../shared/ui/TextField";

export interface CountryFieldProps {
  countries: readonly string[];
  value: string;
  onChange: (code: string) => void;
  /** Within a line of text, and no taller than that. */
  isCompact?: boolean;
}

const INLINE =
  "min-h-6 max-w-44 cursor-pointer rounded-sm bg-transparent font-medium text-ink underline decoration-line-strong underline-offset-4";

/** The browser's own list: one types the first letters, and a phone shows it as phones do. */
export function CountryField(props: CountryFieldProps) {
  const { countries, value, onChange, isCompact = false } = props;
  const id = useId();
  const named = useMemo(
    () =>
      countries
        .map((code) => [code, countryName(code)] as const)
        .sort(([, one], [, other]) => one.localeCompare(other)),
    [countries],
  );
  const select = (
    <select
      id={id}
      value={value}
      autoComplete="country"
      onChange={({ target }) => onChange(target.value)}
      {...(isCompact
        ? { "aria-label": t("place.country"), className: INLINE }
        : { className: FIELD })}
    >
      {value === "" && <option value="">{t("place.choose")}</option>}
      {named.map(([code, name]) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </select>
  );
  if (isCompact) return select;
  return (
    <div>
      <label htmlFor={id} className={LABEL}>
        {t("place.country")}
      </label>
      {select}
    </div>
  );
}
