import { ShieldCheck, ShieldX } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { t } from "../shared/i18n";
import { formatDateTime, formatList } from "../shared/i18n/format";
import { classes } from "../shared/ui/classes";
import type { Checked } from "./core/check";
import type { Files, Unreadable } from "./core/files";

/** Problems that are listed one by one. */
const MOST = 12;

const TONES = {
  good: { box: "bg-success-subtle text-success-ink ring-success-line", icon: ShieldCheck },
  bad: { box: "bg-danger-subtle text-danger-ink ring-danger-line", icon: ShieldX },
};

interface VerdictProps {
  tone: keyof typeof TONES;
  title: string;
  children: ReactNode;
}

/** It is what somebody waited for, so it takes the focus and is read out. */
function Verdict({ tone, title, children }: VerdictProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { box, icon: Icon } = TONES[tone];
  return (
    <section
      role={tone === "bad" ? "alert" : "status"}
      className={classes("flex gap-4 rounded-card px-5 py-5 ring-1 ring-inset sm:px-7", box)}
    >
      <Icon aria-hidden className="mt-0.5 size-8 shrink-0" />
      <div className="min-w-0 wrap-anywhere">
        <h2 ref={heading} tabIndex={-1} className="text-xl font-bold outline-none">
          {title}
        </h2>
        {children}
      </div>
    </section>
  );
}

export function Unopened({ why }: { why: Unreadable }) {
  return (
    <Verdict tone="bad" title={t(`bundle.unreadable.${why}`)}>
      <p className="mt-1">{t(`bundle.unreadableText.${why}`)}</p>
    </Verdict>
  );
}

export function Refused({ checked: { problems } }: { checked: Checked }) {
  const listed = problems.slice(0, MOST);
  return (
    <Verdict tone="bad" title={t("bundle.changedTitle")}>
      <p className="mt-1">{t("bundle.changedText")}</p>
      <ul className="mt-3 list-disc space-y-1 pl-5">
        {listed.map(({ kind, path }) => (
          <li key={`${kind} ${path}`}>{t(`bundle.problem.${kind}`, { path })}</li>
        ))}
        {problems.length > MOST && <li>{t("bundle.more", { count: problems.length - MOST })}</li>}
      </ul>
    </Verdict>
  );
}

export function Whole({ files: { manifest, strange } }: { files: Files }) {
  return (
    <Verdict tone="good" title={t("bundle.wholeTitle")}>
      <p className="mt-1">{t("bundle.wholeText", { time: formatDateTime(manifest.made_at) })}</p>
      {strange.length > 0 && (
        <p className="mt-1">{t("bundle.strange", { names: formatList(strange) })}</p>
      )}
    </Verdict>
  );
}
