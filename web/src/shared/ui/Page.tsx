import { type ReactNode, useLayoutEffect, useRef } from "react";
import { classes } from "./classes";
import { hasMoved } from "./moved";
import { usePageTitle } from "./usePageTitle";
import { usePlace } from "./usePlace";

export interface PageProps {
  title: string;
  /** Name of the window, where it is not the title. */
  windowTitle?: string;
  /** `null` keeps its line while it is being loaded: nothing moves when it comes. */
  subtitle?: ReactNode;
  /** Above the title, such as a way back. */
  before?: ReactNode;
  aside?: ReactNode;
  narrow?: boolean;
  /** What it shows is still being loaded: nothing to come back to yet. */
  isLoading?: boolean;
  children: ReactNode;
}

/**
 * A page of the shell. After a navigation the heading gets the focus, so that a screen reader says
 * where one is.
 */
export function Page(props: PageProps) {
  const { title, windowTitle, subtitle, before, aside, narrow, isLoading, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  usePageTitle(windowTitle ?? title);
  useLayoutEffect(() => {
    if (hasMoved()) heading.current?.focus({ preventScroll: true });
  }, []);
  usePlace(isLoading !== true);
  return (
    <main
      id="content"
      className={classes(
        "mx-auto w-full px-4 pt-6 pb-20 sm:px-8 sm:pt-9",
        narrow ? "max-w-4xl" : "max-w-6xl",
      )}
    >
      {before}
      <div className="mb-6 flex flex-wrap items-end justify-between gap-4">
        <div className="min-w-0 max-w-full">
          <h1
            ref={heading}
            tabIndex={-1}
            dir="auto"
            title={title}
            className="line-clamp-2 text-start text-2xl font-bold tracking-tight wrap-anywhere outline-none sm:text-[1.75rem]"
          >
            {title}
          </h1>
          {subtitle !== undefined && (
            <div className="mt-1 min-h-lh max-w-2xl text-muted">{subtitle}</div>
          )}
        </div>
        {aside}
      </div>
      {children}
    </main>
  );
}
