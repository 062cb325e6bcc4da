import { useState } from "react";
import { ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from "react-aria-components";
import type { Person } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { FIELD, LABEL } from "../../shared/ui/TextField";
import { tellApart } from "../../shared/ui/tellApart";
import { usePeople } from "./usePeople";

/** A provider by a part of their name, whom the server knows. */
export function ProviderField({ onChosen }: { onChosen: (providerId: string) => void }) {
  const [text, setText] = useState("");
  const { value, loading } = usePeople(text, "provider");
  return (
    <ComboBox
      items={value?.items ?? []}
      inputValue={text}
      onInputChange={setText}
      value={null}
      onChange={(key) => {
        if (key === null) return;
        onChosen(String(key));
        setText("");
      }}
      allowsEmptyCollection={text.trim() !== ""}
      menuTrigger="input"
    >
      <Label className={LABEL}>{t("care.add")}</Label>
      <Input className={FIELD} />
      <Popover className="min-w-(--trigger-width) rounded-control bg-raised p-1 text-ink shadow-float ring-1 ring-line">
        <ListBox<Person>
          className="max-h-80 overflow-y-auto outline-none"
          renderEmptyState={() => (
            <p className="px-3 py-2 text-sm text-muted">
              {t(loading ? "common.loading" : "care.nobody")}
            </p>
          )}
        >
          {(person) => (
            <ListBoxItem
              id={person.user_id}
              textValue={person.name}
              className="flex min-h-10 cursor-pointer items-center justify-between gap-4 rounded-md px-3 outline-none data-focused:bg-subtle"
            >
              <bdi className="min-w-0 truncate">{person.name}</bdi>
              <bdi className="shrink-0 text-sm text-muted">{tellApart(person)}</bdi>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
