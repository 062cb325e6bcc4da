import { ChevronDown } from "lucide-react";
import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from "react-aria-components";
import { t } from "../../shared/i18n";
import type { Scope } from "./scope";

const ALL = "all";
const ITEM =
  "flex min-h-10 cursor-pointer items-center rounded-md px-3 outline-none data-focused:bg-subtle data-selected:font-bold data-selected:text-accent-ink";

/** Whose tracks the charts show. */
export function RoomChoice({
  scope,
  onChange,
}: {
  scope: Scope;
  onChange: (room: string | undefined) => void;
}) {
  const items = [
    ...(scope.all ? [{ id: ALL, words: t("ops.allRooms") }] : []),
    ...scope.rooms.map((label) => ({ id: `room ${label}`, words: t("ops.room", { label }) })),
  ];
  return (
    <Select
      aria-label={t("ops.shownRoom")}
      value={scope.room === undefined ? ALL : `room ${scope.room}`}
      onChange={(key) => onChange(key === ALL ? undefined : String(key).slice("room ".length))}
    >
      <Button className="flex min-h-11 cursor-pointer items-center gap-1.5 rounded-control bg-surface px-3.5 text-sm font-semibold ring-1 ring-line ring-inset data-hovered:ring-line-strong">
        <SelectValue />
        <ChevronDown aria-hidden className="size-4 text-faint" />
      </Button>
      <Popover className="min-w-36 overflow-y-auto rounded-control bg-raised p-1 text-ink shadow-float ring-1 ring-line">
        <ListBox items={items} className="outline-none">
          {({ id, words }) => (
            <ListBoxItem id={id} textValue={words} className={ITEM}>
              {words}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
