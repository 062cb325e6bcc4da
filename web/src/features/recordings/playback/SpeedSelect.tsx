import { ChevronDown } from "lucide-react";
import type { RefObject } from "react";
import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from "react-aria-components";
import { t } from "../../../shared/i18n";
import { formatNumber } from "../../../shared/i18n/format";

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

export interface SpeedSelectProps {
  speed: number;
  onChange: (speed: number) => void;
  /** What may fill the screen: nothing beside it is seen then. */
  inside: RefObject<HTMLElement | null>;
}

export function SpeedSelect({ speed, onChange, inside }: SpeedSelectProps) {
  return (
    <Select
      aria-label={t("player.speed")}
      value={String(speed)}
      onChange={(key) => onChange(Number(key))}
    >
      <Button className="flex min-h-11 cursor-pointer items-center gap-1.5 rounded-control px-3 text-sm font-semibold tabular-nums data-hovered:bg-stage-control data-focus-visible:outline-stage-strong">
        <SelectValue />
        <ChevronDown aria-hidden className="size-4 text-stage-muted" />
      </Button>
      <Popover
        {...(document.fullscreenElement && inside.current
          ? { UNSTABLE_portalContainer: inside.current }
          : {})}
        className="min-w-28 rounded-control bg-raised p-1 text-ink shadow-float ring-1 ring-line"
      >
        <ListBox className="outline-none">
          {SPEEDS.map((value) => (
            <ListBoxItem
              key={value}
              id={String(value)}
              textValue={t("player.speedValue", { value: formatNumber(value) })}
              className="flex min-h-10 cursor-pointer items-center rounded-md px-3 tabular-nums outline-none data-focused:bg-subtle data-selected:font-bold data-selected:text-accent-ink"
            >
              {t("player.speedValue", { value: formatNumber(value) })}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
