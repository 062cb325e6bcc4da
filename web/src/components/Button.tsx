import type { ReactNode } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  Link,
  type LinkProps,
} from "react-aria-components";
import { classes } from "./classes";
import { Spinner } from "./Spinner";

type Variant = "primary" | "secondary" | "quiet" | "danger";
type Size = "small" | "medium" | "large";

const SHAPE =
  "inline-flex shrink-0 items-center justify-center gap-2 rounded-control font-semibold whitespace-nowrap no-underline select-none " +
  "transition-colors duration-150 cursor-pointer disabled:cursor-not-allowed data-disabled:cursor-not-allowed";

const VARIANTS: Record<Variant, string> = {
  primary:
    "bg-pine-600 text-white data-hovered:bg-pine-700 data-pressed:bg-pine-800 data-disabled:bg-sunken data-disabled:text-ink-faint",
  secondary:
    "bg-surface text-ink ring-1 ring-inset ring-line data-hovered:bg-paper data-hovered:ring-line-strong data-pressed:bg-sunken data-disabled:text-ink-faint",
  quiet: "text-pine-700 data-hovered:bg-pine-50 data-pressed:bg-pine-100 data-disabled:text-ink-faint",
  danger:
    "bg-rose-600 text-white data-hovered:bg-rose-700 data-pressed:bg-rose-800 data-disabled:bg-sunken data-disabled:text-ink-faint",
};

const SIZES: Record<Size, string> = {
  small: "min-h-9 px-3 text-sm",
  medium: "min-h-11 px-4 text-[0.9375rem]",
  large: "min-h-13 px-6 text-base",
};

const buttonClasses = (variant: Variant, size: Size, more?: string) =>
  classes(SHAPE, VARIANTS[variant], SIZES[size], more);

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "children" | "style"> {
  variant?: Variant;
  size?: Size;
  className?: string;
  children: ReactNode;
}

/** While `isPending` it keeps its focus, ignores presses and shows that something happens. */
export function Button({ variant = "primary", size = "medium", className, children, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} className={buttonClasses(variant, size, className)}>
      {props.isPending && <Spinner />}
      {children}
    </AriaButton>
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

/** A round button that shows only an icon; `aria-label` is its name. */
export function IconButton({
  className,
  children,
  ...props
}: Omit<ButtonProps, "variant" | "size"> & { "aria-label": string }) {
  return (
    <AriaButton
      {...props}
      className={classes(
        "inline-flex size-11 shrink-0 cursor-pointer items-center justify-center rounded-full text-ink-soft transition-colors",
        "data-hovered:bg-sunken data-hovered:text-ink data-pressed:bg-line data-disabled:text-line-strong",
        className,
      )}
    >
      {children}
    </AriaButton>
  );
}
