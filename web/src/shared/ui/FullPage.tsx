import { type ReactNode, useEffect, useRef } from "react";
import { Mark } from "./Mark";
import { usePageTitle } from "./usePageTitle";

export interface FullPageProps {
  title: string;
  text: string;
  children?: ReactNode;
}

/** A page that says one thing: an error, or that something has ended. */
export function FullPage({ title, text, children }: FullPageProps) {
  usePageTitle(title);
  const heading = useRef<HTMLHeadingElement>(null);
  // Nothing of the page before is there.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <main
      id="content"
      className="flex min-h-[70dvh] flex-col items-center justify-center px-6 py-16 text-center"
    >
      <Mark className="mb-6 size-12" />
      <h1
        ref={heading}
        tabIndex={-1}
        className="text-2xl font-bold tracking-tight wrap-anywhere outline-none"
      >
        {title}
      </h1>
      <p className="mt-2 max-w-md text-muted">{text}</p>
      {children && <div className="mt-7 flex flex-wrap justify-center gap-3">{children}</div>}
    </main>
  );
}
