import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export interface EmptyProps {
  icon: LucideIcon;
  title: string;
  text: string;
  action?: ReactNode;
}

/** What stands where a list has nothing to show: what will be here, and what to do. */
export function Empty({ icon: Icon, title, text, action }: EmptyProps) {
  return (
    <div className="flex flex-col items-center px-6 py-12 text-center">
      <span className="mb-4 inline-flex size-14 items-center justify-center rounded-full bg-accent-subtle text-accent-ink">
        <Icon aria-hidden className="size-6" />
      </span>
      <p className="font-semibold">{title}</p>
      <p className="mt-1 max-w-sm text-muted">{text}</p>
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}
