import { X } from "lucide-react";
import { useState } from "react";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { PersonField } from "../../shared/ui/PersonField";
import { SelectField } from "../../shared/ui/SelectField";
import { TextField } from "../../shared/ui/TextField";
import { type Filter, NO_FILTER } from "./filter";

const GROUPS = {
  sign_in: "auditLog.groups.sign_in",
  people: "auditLog.groups.people",
  appointments: "auditLog.groups.appointments",
  guests: "auditLog.groups.guests",
  calls: "auditLog.groups.calls",
  clinical: "auditLog.groups.clinical",
  consent: "auditLog.groups.consent",
  recording: "auditLog.groups.recording",
  access: "auditLog.groups.access",
  keeping: "auditLog.groups.keeping",
  keys: "auditLog.groups.keys",
  server: "auditLog.groups.server",
  log: "auditLog.groups.log",
} as const satisfies Record<Exclude<Filter["group"], "">, string>;
const OUTCOMES = {
  done: "auditLog.outcomes.done",
  refused: "auditLog.outcomes.refused",
  failed: "auditLog.outcomes.failed",
} as const satisfies Record<Exclude<Filter["outcome"], "">, string>;

export interface FiltersProps {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

/** What of the log is shown; the server does the looking. */
export function Filters({ filter, onChange }: FiltersProps) {
  const change = (more: Partial<Filter>) => onChange({ ...filter, ...more });
  return (
    <search className="mb-6 grid grid-cols-2 gap-4 lg:grid-cols-4">
      <SelectField<Filter["group"]>
        label={t("auditLog.group")}
        value={filter.group}
        onChange={(group) => change({ group })}
        options={[
          ["", t("auditLog.allGroups")],
          ...keysOf(GROUPS).map((group) => [group, t(GROUPS[group])] as const),
        ]}
        className="max-sm:col-span-2"
      />
      <SelectField<Filter["outcome"]>
        label={t("auditLog.outcome")}
        value={filter.outcome}
        onChange={(outcome) => change({ outcome })}
        options={[
          ["", t("auditLog.allOutcomes")],
          ...keysOf(OUTCOMES).map((outcome) => [outcome, t(OUTCOMES[outcome])] as const),
        ]}
        className="max-sm:col-span-2"
      />
      <TextField
        label={t("auditLog.from")}
        type="date"
        value={filter.from}
        max={filter.to}
        onChange={(from) => change({ from })}
      />
      <TextField
        label={t("auditLog.to")}
        type="date"
        value={filter.to}
        min={filter.from}
        onChange={(to) => change({ to })}
      />
      <PersonField
        label={t("auditLog.actor")}
        person={filter.actor}
        onChange={(actor) => change({ actor })}
        className="max-sm:col-span-2"
      />
      <PersonField
        label={t("auditLog.person")}
        person={filter.person}
        onChange={(person) => change({ person })}
        className="max-sm:col-span-2"
      />
      <AddressField
        key={filter.address}
        address={filter.address}
        onChange={(address) => change({ address })}
      />
      <Chips filter={filter} onChange={onChange} />
    </search>
  );
}

const keysOf = <Key extends string>(words: Record<Key, string>) => Object.keys(words) as Key[];

/** Looked for when it is left, or Enter is pressed: half an address is that of nobody. */
function AddressField(props: { address: string; onChange: (address: string) => void }) {
  const [text, setText] = useState(props.address);
  const apply = () => text.trim() !== props.address && props.onChange(text.trim());
  return (
    <TextField
      label={t("auditLog.address")}
      value={text}
      maxLength={64}
      onChange={setText}
      onBlur={apply}
      onKeyDown={({ key }) => key === "Enter" && apply()}
      className="max-sm:col-span-2"
    />
  );
}

/** What was narrowed down by an entry, and has no field of its own. */
function Chips({ filter, onChange }: FiltersProps) {
  const narrowed = (["room", "recording"] as const).filter((name) => filter[name] !== "");
  if (JSON.stringify(filter) === JSON.stringify(NO_FILTER)) return null;
  return (
    <div className="col-span-full flex flex-wrap items-end gap-2">
      {narrowed.map((name) => (
        <Button
          key={name}
          variant="secondary"
          size="small"
          aria-label={t("auditLog.remove", { filter: t(`auditLog.only.${name}`) })}
          onPress={() => onChange({ ...filter, [name]: "" })}
        >
          {t(`auditLog.only.${name}`)}
          <X aria-hidden className="size-4" />
        </Button>
      ))}
      <Button variant="quiet" size="small" onPress={() => onChange(NO_FILTER)}>
        {t("auditLog.clear")}
      </Button>
    </div>
  );
}
