import type { ReactNode, Ref } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  Link,
  type LinkProps,
} from "react-aria-components";
import { t } from "../i18n/start";
import { classes } from "./classes";
import { Spinner } from "./Spinner";
import { useDeliberate } from "./useDeliberate";

type Variant = "primary" | "secondary" | "quiet" | "danger" | "light" | "night";
type Size = "small" | "medium" | "large";

const SHAPE =
  "inline-flex shrink-0 items-center justify-center gap-2 rounded-control font-semibold whitespace-nowrap no-underline select-none " +
  "transition-colors duration-150 cursor-pointer disabled:cursor-not-allowed data-disabled:cursor-not-allowed";

const VARIANTS: Record<Variant, string> = {
  primary:
    "bg-accent text-on-accent data-hovered:bg-accent-hover data-pressed:bg-accent-pressed data-disabled:bg-subtle data-disabled:text-faint",
  secondary:
    "bg-surface text-ink ring-1 ring-inset ring-line data-hovered:bg-subtle data-hovered:ring-line-strong data-pressed:bg-line data-disabled:bg-subtle data-disabled:text-faint data-disabled:ring-0",
  quiet:
    "text-accent-ink data-hovered:bg-accent-subtle data-pressed:bg-accent-tint data-disabled:text-faint",
  light:
    "bg-inverse text-on-inverse data-hovered:bg-inverse-hover data-pressed:bg-inverse-pressed data-focus-visible:outline-stage-strong",
  night:
    "text-stage-ink ring-1 ring-inset ring-stage-muted data-hovered:bg-stage-control data-pressed:bg-stage-control-hover data-focus-visible:outline-stage-strong",
  danger:
    "bg-danger text-on-danger data-hovered:bg-danger-hover data-pressed:bg-danger-pressed data-disabled:bg-subtle data-disabled:text-faint",
};

const SIZES: Record<Size, string> = {
  small: "min-h-9 px-3 text-sm",
  medium: "min-h-11 px-4 text-[0.9375rem]",
  large: "min-h-13 px-6 text-base",
};

const buttonClasses = (variant: Variant, size: Size, more?: string) =>
  classes(SHAPE, VARIANTS[variant], SIZES[size], more);

export interface ButtonProps
  extends Omit<AriaButtonProps, "className" | "children" | "style" | "isPending"> {
  variant?: Variant;
  size?: Size;
  className?: string;
  /** What it began is under way: it keeps its focus, ignores presses, and says so. */
  isPending?: boolean;
  children: ReactNode;
}

// Not react-aria's own isPending: its announcement refers to a part of the button, which may be
// gone by then.
export function Button({
  variant = "primary",
  size = "medium",
  className,
  isPending = false,
  onPress,
  children,
  ...props
}: ButtonProps) {
  const deliberate = useDeliberate(onPress);
  const press = variant === "danger" ? deliberate : onPress;
  return (
    <>
      <AriaButton
        {...props}
        {...(press && !isPending ? { onPress: press } : {})}
        className={buttonClasses(variant, size, className)}
      >
        {isPending && <Spinner />}
        {children}
      </AriaButton>
      <span role="status" className="sr-only">
        {isPending && t("common.loading")}
      </span>
    </>
  );
}

export interface LinkButtonProps extends Omit<LinkProps, "className" | "children" | "style"> {
  variant?: Variant;
  size?: Size;
  className?: string;
  children: ReactNode;
}

export function LinkButton({
  variant = "primary",
  size = "medium",
  className,
  children,
  ...props
}: LinkButtonProps) {
  return (
    <Link {...props} className={buttonClasses(variant, size, className)}>
      {children}
    </Link>
  );
}

const ICON_TONES = {
  paper:
    "text-muted data-hovered:bg-subtle data-hovered:text-ink data-pressed:bg-line data-disabled:text-line-strong",
  night:
    "text-stage-ink data-hovered:bg-stage-control data-pressed:bg-stage-control-hover data-focus-visible:outline-stage-strong",
  light:
    "bg-inverse text-on-inverse data-hovered:bg-inverse-hover data-pressed:bg-inverse-pressed data-focus-visible:outline-stage-strong",
};

export interface IconButtonProps extends Omit<ButtonProps, "variant" | "size" | "isPending"> {
  ref?: Ref<HTMLButtonElement>;
  "aria-label": string;
  tone?: keyof typeof ICON_TONES;
}

/** A round button that shows only an icon; `aria-label` is its name. */
export function IconButton({ className, children, tone = "paper", ...props }: IconButtonProps) {
  return (
    <AriaButton
      {...props}
      className={classes(
        "inline-flex size-11 shrink-0 cursor-pointer items-center justify-center rounded-full transition-colors",
        ICON_TONES[tone],
        className,
      )}
    >
      {children}
    </AriaButton>
  );
}
