import { useId, useMemo } from "react";
import { t } from "../../shared/i18n";
import { countryName } from "../../shared/i18n/format";
import { FIELD, LABEL } from "../../shared/ui/TextField";

export interface CountryFieldProps {
  countries: readonly string[];
  value: string;
  onChange: (code: string) => void;
}

/** The browser's own list: one types the first letters, and a phone shows it as phones do. */
export function CountryField({ countries, value, onChange }: CountryFieldProps) {
  const id = useId();
  const named = useMemo(
    () =>
      countries
        .map((code) => [code, countryName(code)] as const)
        .sort(([, one], [, other]) => one.localeCompare(other)),
    [countries],
  );
  return (
    <div>
      <label htmlFor={id} className={LABEL}>
        {t("place.country")}
      </label>
      <select
        id={id}
        value={value}
        autoComplete="country"
        onChange={({ target }) => onChange(target.value)}
        className={FIELD}
      >
        {value === "" && <option value="">{t("place.choose")}</option>}
        {named.map(([code, name]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
