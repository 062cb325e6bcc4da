import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from "react-aria-components";
import { api } from "../../shared/api/endpoints";
import type { AuditPerson } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { IconButton } from "../../shared/ui/Button";
import { classes } from "../../shared/ui/classes";
import { FIELD, LABEL } from "../../shared/ui/TextField";
import type { Person } from "./filter";

const TYPING_MS = 250;

export interface PersonFieldProps {
  label: string;
  person: Person | null;
  onChange: (person: Person | null) => void;
  className?: string;
}

/** Somebody by a part of their name, whom the server knows. */
export function PersonField({ label, person, onChange, className }: PersonFieldProps) {
  const [text, setText] = useState(person?.name ?? "");
  const people = usePeople(text === person?.name ? "" : text.trim());
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
      allowsEmptyCollection={text.trim() !== ""}
      allowsCustomValue
      menuTrigger="input"
      className={className ?? ""}
    >
      <Label className={LABEL}>{label}</Label>
      <div className="relative">
        <Input className={classes(FIELD, person !== null && "pr-12")} />
        {person !== null && (
          <IconButton
            aria-label={t("auditLog.remove", { filter: label })}
            onPress={() => onChange(null)}
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
              {t(people === null ? "common.loading" : "auditLog.nobody")}
            </p>
          )}
        >
          {({ user_id, name, role }) => (
            <ListBoxItem
              id={user_id}
              textValue={name}
              className="flex min-h-10 cursor-pointer items-center justify-between gap-4 rounded-md px-3 outline-none data-focused:bg-subtle"
            >
              <bdi className="min-w-0 truncate">{name}</bdi>
              <span className="shrink-0 text-sm text-muted">{t(`roles.${role}`)}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

/** Who is called that, a moment after the last letter; null while nothing is looked for. */
function usePeople(name: string): readonly AuditPerson[] | null {
  const [found, setFound] = useState<readonly AuditPerson[] | null>(null);
  useEffect(() => {
    if (name === "") {
      setFound(null);
      return;
    }
    let isCurrent = true;
    const timer = setTimeout(() => {
      api.auditPeople(name).then(
        ({ people }) => isCurrent && setFound(people),
        () => isCurrent && setFound([]),
      );
    }, TYPING_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [name]);
  return found;
}
