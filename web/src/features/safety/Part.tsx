import { type ReactNode, useId } from "react";

/** A titled part of what is at hand. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className="mb-2 font-semibold">
        {title}
      </h3>
      {children}
    </section>
  );
}

/** Does something, tells if it cannot be done, and reads anew what there is. */
export type Act = (doing: Promise<unknown>) => Promise<void>;
