import { type ReactNode, useId } from "react";
import { classes } from "./classes";

export interface CardProps {
  children: ReactNode;
  className?: string | undefined;
}

export function Card({ children, className }: CardProps) {
  return (
    <div className={classes("rounded-card bg-surface shadow-card ring-1 ring-line/80", className)}>
      {children}
    </div>
  );
}

export interface SectionProps {
  title: string;
  /** Beside the title, such as a link to more. */
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A titled region of a page. */
export function Section({ title, aside, children, className }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={className}>
      <div className="mb-3 flex min-h-11 items-center justify-between gap-4">
        <h2 id={id} className="text-lg font-bold tracking-tight">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
