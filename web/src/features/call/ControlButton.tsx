import type { ReactNode } from "react";
import { Button, Tooltip, TooltipTrigger } from "react-aria-components";
import { t } from "../../shared/i18n";
import { classes } from "../../shared/ui/classes";
import { useDeliberate } from "../../shared/ui/useDeliberate";

const TONES = {
  plain:
    "bg-stage-control text-stage-strong data-hovered:bg-stage-control-hover data-pressed:bg-stage-control-hover",
  /** Off on purpose: the microphone or camera that is not sending. */
  off: "bg-inverse text-on-inverse data-hovered:bg-inverse-hover data-pressed:bg-inverse-pressed",
  active: "bg-accent text-on-accent data-hovered:bg-accent-hover data-pressed:bg-accent-pressed",
  danger:
    "w-20 bg-danger text-on-danger data-hovered:bg-danger-hover data-pressed:bg-danger-pressed sm:w-24 tiny:w-11",
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
          "grid h-13 w-13 min-w-9 cursor-pointer place-items-center rounded-full transition-colors data-disabled:opacity-40 short:h-11 short:w-11 tiny:h-10 tiny:min-w-7.5",
          "data-focus-visible:outline-2 data-focus-visible:outline-offset-3 data-focus-visible:outline-stage-accent",
          TONES[tone],
        )}
      >
        {children}
      </Button>
      <Tooltip
        offset={10}
        className="rounded-lg bg-inverse px-3 py-1.5 text-sm font-medium text-on-inverse shadow-float data-entering:animate-rise"
      >
        {keys === undefined ? label : t("call.controls.withKeys", { label, keys })}
      </Tooltip>
    </TooltipTrigger>
  );
}
