import { useCallback, useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { EmergencyNumber } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { countryName } from "../../shared/i18n/format";
import { Loaded } from "../../shared/ui/Loaded";
import { telephone } from "../../shared/ui/phone";
import { FIELD, LABEL } from "../../shared/ui/TextField";
import { useLoad } from "../../shared/ui/useLoad";
import { ofCountry } from "./ofCountry";
import { Part } from "./Part";

/** Where nobody knows the country, some have to be offered to choose from. */
const SOME = "DE";

/** Whom to ring in the country that the patient is in, or in another one. */
export function Numbers({ country }: { country: string | null }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = chosen ?? country;
  const load = useLoad(useCallback(() => api.emergencyNumbers(shown ?? SOME), [shown]));
  const found = ofCountry(load, shown);
  return (
    <Part title={t("safety.numbers")}>
      <Loaded load={load} framed rows={2}>
        {({ countries }) => (
          <>
            <label className="mb-2 block">
              <span className={LABEL}>{t("safety.numbersCountry")}</span>
              <select
                value={shown ?? ""}
                onChange={({ target }) => setChosen(target.value)}
                className={FIELD}
              >
                {shown === null && <option value="">{t("place.choose")}</option>}
                {listed(countries, shown).map(([code, name]) => (
                  <option key={code} value={code}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            {found !== null && (
              <Loaded load={found} rows={2}>
                {({ numbers }) => <List numbers={numbers} />}
              </Loaded>
            )}
            <p className="mt-2 text-sm text-muted">{t("safety.fromThere")}</p>
          </>
        )}
      </Loaded>
    </Part>
  );
}

function List({ numbers }: { numbers: readonly EmergencyNumber[] }) {
  if (numbers.length === 0) return <p>{t("safety.noNumbers")}</p>;
  return (
    <ul className="flex flex-col gap-2">
      {numbers.map(({ kind, number, name }) => (
        <li key={`${kind} ${number}`}>
          <a
            href={telephone(number)}
            className="flex min-h-11 items-center justify-between gap-3 rounded-control bg-surface px-3 py-1.5 ring-1 ring-line ring-inset hover:ring-line-strong"
          >
            <span className="min-w-0">
              {t(`safety.number.${kind}`)}
              {name && <span className="block text-sm text-muted">{name}</span>}
            </span>
            <bdi className="text-lg font-bold whitespace-nowrap">{number}</bdi>
          </a>
        </li>
      ))}
    </ul>
  );
}

function listed(codes: readonly string[], shown: string | null) {
  const all = shown === null || codes.includes(shown) ? codes : [...codes, shown];
  return all
    .map((code) => [code, countryName(code)] as const)
    .sort(([, one], [, other]) => one.localeCompare(other));
}
