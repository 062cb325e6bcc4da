import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from "react-aria-components";
import { api } from "../api/endpoints";
import type { AuditPerson } from "../api/schema";
import { t } from "../i18n";
import { IconButton } from "./Button";
import { classes } from "./classes";
import { FIELD, LABEL } from "./TextField";
import { tellApart } from "./tellApart";

const TYPING_MS = 250;

/** Somebody who was chosen. */
export interface Person {
  user_id: string;
  name: string;
}

export interface PersonFieldProps {
  label: string;
  /** Only those of this role are offered. */
  among?: AuditPerson["role"];
  person: Person | null;
  onChange: (person: Person | null) => void;
  className?: string;
}

/** Somebody by a part of their name, whom the server knows. */
export function PersonField({ label, among, person, onChange, className }: PersonFieldProps) {
  const name = person?.name ?? "";
  const [text, setText] = useState(name);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => setText(name), [name]);
  const people = usePeople(text === name ? "" : text.trim(), among);
  return (
    <ComboBox
      items={people ?? []}
      inputValue={text}
      onInputChange={setText}
      value={person?.user_id ?? null}
      onChange={(key) => {
        const chosen = people?.find(({ user_id }) => user_id === key);
        if (chosen) onChange({ user_id: chosen.user_id, name: chosen.name });
      }}
      allowsEmptyCollection={text.trim() !== "" && text !== name}
      allowsCustomValue
      menuTrigger="input"
      className={className ?? ""}
    >
      <Label className={LABEL}>{label}</Label>
      <div className="relative">
        <Input ref={field} className={classes(FIELD, person !== null && "pr-12")} />
        {person !== null && (
          <IconButton
            aria-label={t("people.forget", { field: label })}
            onPress={() => {
              field.current?.focus();
              onChange(null);
            }}
            className="absolute inset-y-0 right-0"
          >
            <X aria-hidden className="size-4" />
          </IconButton>
        )}
      </div>
      <Popover className="min-w-(--trigger-width) rounded-control bg-raised p-1 text-ink shadow-float ring-1 ring-line">
        <ListBox<AuditPerson>
          className="max-h-80 overflow-y-auto outline-none"
          renderEmptyState={() => (
            <p className="px-3 py-2 text-sm text-muted">
              {t(people === null ? "common.loading" : "people.nobody")}
            </p>
          )}
        >
          {(found) => (
            <ListBoxItem
              id={found.user_id}
              textValue={found.name}
              className="flex min-h-10 cursor-pointer flex-wrap items-center justify-between gap-x-4 rounded-md px-3 py-1.5 outline-none data-focused:bg-subtle"
            >
              <bdi className="min-w-0 wrap-anywhere">{found.name}</bdi>
              <span className="text-sm text-muted">
                {[tellApart(found), t(`roles.${found.role}`)].filter(Boolean).join(" · ")}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

/** Who is called that, a moment after the last letter; null while nothing is looked for. */
function usePeople(name: string, role?: AuditPerson["role"]): readonly AuditPerson[] | null {
  const [found, setFound] = useState<readonly AuditPerson[] | null>(null);
  useEffect(() => {
    if (name === "") {
      setFound(null);
      return;
    }
    let isCurrent = true;
    const timer = setTimeout(() => {
      api.auditPeople(name, role).then(
        ({ people }) => isCurrent && setFound(people),
        () => isCurrent && setFound([]),
      );
    }, TYPING_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [name, role]);
  return found;
}
