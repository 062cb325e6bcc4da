import type { ReactNode } from "react";
import { Button, Tooltip, TooltipTrigger } from "react-aria-components";
import { t } from "../../shared/i18n";
import { classes } from "../../shared/ui/classes";
import { useDeliberate } from "../../shared/ui/useDeliberate";

const TONES = {
  plain: "bg-night-700 text-white data-hovered:bg-night-600 data-pressed:bg-night-600",
  /** Off on purpose: the microphone or camera that is not sending. */
  off: "bg-night-100 text-night-950 data-hovered:bg-white data-pressed:bg-white",
  active: "bg-pine-600 text-white data-hovered:bg-pine-500 data-pressed:bg-pine-500",
  danger: "w-20 bg-rose-600 text-white data-hovered:bg-rose-700 data-pressed:bg-rose-800 sm:w-24 tiny:w-12",
};

export interface ControlButtonProps {
  label: string;
  /** As written on the keyboard, such as `Ctrl+D`. */
  keys?: string;
  tone?: keyof typeof TONES;
  isDisabled?: boolean;
  onPress?: () => void;
  children: ReactNode;
}

/** A round control of the call; its tooltip is its name and its keys. */
export function ControlButton({
  label,
  keys,
  tone = "plain",
  isDisabled = false,
  onPress,
  children,
}: ControlButtonProps) {
  const deliberate = useDeliberate(onPress);
  const press = tone === "danger" ? deliberate : onPress;
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      <Button
        aria-label={label}
        isDisabled={isDisabled}
        {...(press !== undefined && { onPress: press })}
        className={classes(
          "grid h-13 min-w-13 cursor-pointer place-items-center rounded-full transition-colors data-disabled:opacity-40 short:h-11 short:min-w-11 tiny:h-10 tiny:min-w-10",
          "data-focus-visible:outline-2 data-focus-visible:outline-offset-3 data-focus-visible:outline-pine-300",
          TONES[tone],
        )}
      >
        {children}
      </Button>
      <Tooltip
        offset={10}
        className="rounded-lg bg-night-100 px-3 py-1.5 text-sm font-medium text-night-950 shadow-float data-entering:animate-rise"
      >
        {keys === undefined ? label : t("call.controls.withKeys", { label, keys })}
      </Tooltip>
    </TooltipTrigger>
  );
}
