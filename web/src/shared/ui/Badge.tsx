import type { ReactNode } from "react";
import { classes } from "./classes";

export type Tone = "neutral" | "good" | "care" | "bad" | "live";

const TONES: Record<Tone, string> = {
  neutral: "bg-subtle text-muted",
  good: "bg-success-subtle text-success-ink ring-1 ring-inset ring-success-line",
  care: "bg-warning-subtle text-warning-ink ring-1 ring-inset ring-warning-line",
  bad: "bg-danger-subtle text-danger-ink ring-1 ring-inset ring-danger-line",
  live: "bg-danger-subtle text-danger-ink ring-1 ring-inset ring-danger-line before:size-2 before:rounded-full before:bg-danger",
};

export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={classes(
        "inline-flex shrink-0 items-center gap-1.5 rounded-full px-2.5 py-0.5 text-[0.8125rem] leading-5 font-medium whitespace-nowrap",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
