import type { ReactNode } from "react";
import { classes } from "./classes";

export type Tone = "neutral" | "good" | "care" | "bad" | "live";

const TONES: Record<Tone, string> = {
  neutral: "bg-sunken text-ink-soft",
  good: "bg-pine-50 text-pine-800 ring-1 ring-inset ring-pine-200/70",
  care: "bg-clay-50 text-clay-800 ring-1 ring-inset ring-clay-200",
  bad: "bg-rose-50 text-rose-800 ring-1 ring-inset ring-rose-200",
  live: "bg-rose-50 text-rose-800 ring-1 ring-inset ring-rose-200 before:size-2 before:rounded-full before:bg-rose-600",
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
