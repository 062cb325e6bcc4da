import { useEffect, useState } from "react";
import { ToggleButton } from "react-aria-components";
import type { RecordingState } from "../../shared/api/endpoints";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { type Person, PersonField } from "../../shared/ui/PersonField";
import { LABEL, TextField } from "../../shared/ui/TextField";
import { type Filter, NO_FILTER, STATES, searchOf } from "./filter";
import type { Names } from "./useFound";

export interface FiltersProps {
  filter: Filter;
  names: Names;
  onChange: (filter: Filter) => void;
}

const CHIPS = {
  recording: "recordingState.recording",
  sealed: "recordingState.complete",
  recovered: "recordingState.recovered",
  torn: "recordingState.torn",
  failed: "recordingState.failed",
  on_hold: "recordingState.onHold",
  expiring: "recordings.expiring",
  erased: "recordingState.erased",
} as const satisfies Record<RecordingState, string>;

/** What of the library is shown; the server does the looking. */
export function Filters({ filter, names, onChange }: FiltersProps) {
  const [chosen, setChosen] = useState<Names>({});
  const change = (more: Partial<Filter>) => onChange({ ...filter, ...more });
  const person = (id: string): Person | null =>
    id === "" ? null : { user_id: id, name: chosen[id] ?? names[id] ?? "" };
  const choose = (name: "person" | "provider") => (found: Person | null) => {
    if (found) setChosen({ ...chosen, [found.user_id]: found.name });
    change({ [name]: found?.user_id ?? "" });
  };
  return (
    <search className="mb-6 grid grid-cols-2 gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_repeat(4,9.5rem)]">
      <PersonField
        label={t("recordings.person")}
        person={person(filter.person)}
        onChange={choose("person")}
        className="max-sm:col-span-2"
      />
      <PersonField
        label={t("recordings.ofProvider")}
        among="provider"
        person={person(filter.provider)}
        onChange={choose("provider")}
        className="max-sm:col-span-2"
      />
      <TextField
        label={t("recordings.from")}
        type="date"
        value={filter.from}
        max={filter.to}
        onChange={(from) => change({ from })}
      />
      <TextField
        label={t("recordings.to")}
        type="date"
        value={filter.to}
        min={filter.from}
        onChange={(to) => change({ to })}
      />
      <MinutesField
        label={t("recordings.min")}
        value={filter.min}
        onChange={(min) => change({ min })}
      />
      <MinutesField
        label={t("recordings.max")}
        value={filter.max}
        onChange={(max) => change({ max })}
      />
      <div className="col-span-full flex flex-wrap items-end justify-between gap-3">
        <StateChips states={filter.states} onChange={(states) => change({ states })} />
        {searchOf(filter) !== "" && (
          <Button variant="quiet" size="small" onPress={() => onChange(NO_FILTER)}>
            {t("recordings.clear")}
          </Button>
        )}
      </div>
    </search>
  );
}

interface StateChipsProps {
  states: readonly RecordingState[];
  onChange: (states: readonly RecordingState[]) => void;
}

function StateChips({ states, onChange }: StateChipsProps) {
  return (
    <fieldset className="min-w-0">
      <legend className={LABEL}>{t("recordings.states")}</legend>
      <div className="flex flex-wrap gap-2">
        {STATES.map((state) => (
          <ToggleButton
            key={state}
            isSelected={states.includes(state)}
            onChange={(selected) =>
              onChange(STATES.filter((one) => (one === state ? selected : states.includes(one))))
            }
            className="min-h-9 cursor-pointer rounded-full bg-surface px-3.5 text-sm font-semibold text-ink ring-1 ring-line-strong/70 ring-inset data-hovered:bg-subtle data-selected:bg-accent data-selected:text-on-accent data-selected:ring-accent data-focus-visible:outline-2 data-focus-visible:outline-offset-2 data-focus-visible:outline-focus"
          >
            {t(CHIPS[state])}
          </ToggleButton>
        ))}
      </div>
    </fieldset>
  );
}

/** Looked for when it is left, or Enter is pressed: half a number is another one. */
function MinutesField(props: { label: string; value: string; onChange: (value: string) => void }) {
  const { label, value, onChange } = props;
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const apply = () => text !== value && onChange(text);
  return (
    <TextField
      label={label}
      value={text}
      inputMode="numeric"
      maxLength={5}
      onChange={(typed) => setText(typed.replace(/\D/g, ""))}
      onBlur={apply}
      onKeyDown={({ key }) => key === "Enter" && apply()}
    />
  );
}
