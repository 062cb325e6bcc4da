import { type ReactNode, useCallback, useMemo, useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { words } from "../../shared/api/refusals";
import type { InvitablePerson } from "../../shared/api/schema";
import type { Side } from "../../shared/api/signaling/messages";
import { t } from "../../shared/i18n";
import { Avatar } from "../../shared/ui/Avatar";
import { Button } from "../../shared/ui/Button";
import { Decision } from "../../shared/ui/Dialog";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { SearchField } from "../../shared/ui/SearchField";
import { Switch } from "../../shared/ui/Switch";
import { matches } from "../../shared/ui/search";
import { tellApart } from "../../shared/ui/tellApart";
import { useLoad } from "../../shared/ui/useLoad";
import type { People } from "./core/people";

export interface InviteProps {
  requests: People;
  onDone: () => void;
}

/** Whom to ask into the call, as what, and whether the call waits for them. */
export function Invite({ requests, onDone }: InviteProps) {
  const load = useLoad(useCallback(() => requests.invitable(), [requests]));
  return (
    <div className="mt-3">
      <Loaded load={load} rows={3}>
        {(people) =>
          people.length === 0 ? (
            <Nobody onDone={onDone} />
          ) : (
            <Choice people={people} requests={requests} onDone={onDone} />
          )
        }
      </Loaded>
    </div>
  );
}

function Nobody({ onDone }: { onDone: () => void }) {
  return (
    <>
      <p className="text-muted">{t("call.people.nobody")}</p>
      <Decision>
        <Button onPress={onDone}>{t("call.people.back")}</Button>
      </Decision>
    </>
  );
}

/** From here on it is quicker to type a name than to look for it. */
const MANY = 6;

function Choice({
  people,
  requests,
  onDone,
}: InviteProps & { people: readonly InvitablePerson[] }) {
  const [search, setSearch] = useState("");
  const [person, setPerson] = useState<InvitablePerson | null>(null);
  const [side, setSide] = useState<Side | null>(null);
  const [required, setRequired] = useState(false);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const shown = useMemo(() => people.filter(({ name }) => matches(name, search)), [people, search]);

  const choose = (userId: string) => {
    const chosen = people.find(({ user_id }) => user_id === userId) ?? null;
    setPerson(chosen);
    setSide(chosen?.sides[0] ?? null);
  };
  const invite = () => {
    if (person === null || side === null) return;
    setPending(true);
    setProblem(null);
    requests.invite(person.user_id, side, required).then(onDone, (error: unknown) => {
      setProblem(words(error));
      setPending(false);
    });
  };
  return (
    <>
      {people.length > MANY && (
        <SearchField
          label={t("call.people.search")}
          value={search}
          onChange={setSearch}
          hideLabel
        />
      )}
      <RadioGroup
        value={person?.user_id ?? null}
        onChange={choose}
        className="mt-3 flex max-h-72 flex-col gap-2 overflow-y-auto p-1 short:max-h-none"
      >
        <Label className="text-sm font-semibold">{t("call.people.whom")}</Label>
        {shown.map((each) => (
          <Option key={each.user_id} value={each.user_id}>
            <Avatar name={each.name} size="small" />
            <span className="min-w-0 flex-1">
              <span className="block font-semibold wrap-anywhere">{each.name}</span>
              <span className="block text-sm wrap-anywhere text-muted">
                {[t(`roles.${each.role}`), tellApart(each)].filter(Boolean).join(" · ")}
              </span>
            </span>
          </Option>
        ))}
        {shown.length === 0 && <p className="py-3 text-muted">{t("call.people.notFound")}</p>}
      </RadioGroup>
      {person !== null && person.sides.length > 1 && (
        <RadioGroup
          value={side}
          onChange={(chosen) => setSide(chosen as Side)}
          className="mt-4 flex flex-col gap-2 p-1"
        >
          <Label className="text-sm font-semibold">
            {t("call.people.asWhat", { name: person.name })}
          </Label>
          {person.sides.map((each) => (
            <Option key={each} value={each}>
              <span className="min-w-0 flex-1">
                <span className="block font-semibold">{t(`roles.${each}`)}</span>
                <span className="block text-sm text-muted">{t(`call.people.sides.${each}`)}</span>
              </span>
            </Option>
          ))}
        </RadioGroup>
      )}
      <div className="mt-4">
        <Switch
          label={t("call.people.required")}
          description={t("call.people.requiredText")}
          isSelected={required}
          onChange={setRequired}
        />
      </div>
      {problem !== null && (
        <Notice tone="bad" className="mt-4">
          {problem}
        </Notice>
      )}
      <Decision>
        <Button variant="secondary" onPress={onDone}>
          {t("call.people.back")}
        </Button>
        <Button onPress={invite} isDisabled={side === null} isPending={pending}>
          {t("call.people.send")}
        </Button>
      </Decision>
    </>
  );
}

function Option({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Radio
      value={value}
      className="group flex cursor-pointer items-center gap-3 rounded-control p-2.5 ring-1 ring-line-strong/70 ring-inset data-focus-visible:outline-2 data-focus-visible:outline-offset-2 data-focus-visible:outline-focus data-hovered:bg-page data-selected:bg-accent-subtle data-selected:ring-2 data-selected:ring-accent"
    >
      <span
        aria-hidden
        className="drawn inline-flex size-5 shrink-0 rounded-full bg-surface ring-2 ring-line-strong ring-inset group-data-selected:ring-[6px] group-data-selected:ring-accent"
      />
      {children}
    </Radio>
  );
}
