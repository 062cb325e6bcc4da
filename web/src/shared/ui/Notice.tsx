import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "./classes";

const TONES = {
  info: { box: "bg-accent-subtle text-accent-ink ring-accent-line", icon: Info },
  care: { box: "bg-warning-subtle text-warning-ink ring-warning-line", icon: TriangleAlert },
  bad: { box: "bg-danger-subtle text-danger-ink ring-danger-line", icon: CircleAlert },
};

export interface NoticeProps {
  tone?: keyof typeof TONES;
  title?: string;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

/**
 * A message in the flow of the page. What is bad is read out at once, the rest when the reader
 * pauses.
 */
export function Notice({ tone = "info", title, children, actions, className }: NoticeProps) {
  const { box, icon: Icon } = TONES[tone];
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={classes(
        "flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-control wrap-anywhere px-4 py-3 ring-1 ring-inset",
        box,
        className,
      )}
    >
      <div className="flex min-w-0 items-start gap-3">
        <Icon aria-hidden className="mt-0.5 size-5 shrink-0" />
        <div className="min-w-0">
          {title && <p className="font-semibold">{title}</p>}
          {children && <div className="text-[0.9375rem]">{children}</div>}
        </div>
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
