import type { ReactNode } from "react";
import { t } from "../../shared/i18n/start";
import { Mark } from "../../shared/ui/Mark";
import { ThemeSelect } from "./ThemeSelect";

export interface SignInFrameProps {
  practice: string;
  title: string;
  /** `null` keeps its line while it is being loaded. */
  subtitle: ReactNode;
  children: ReactNode;
}

/** Around whatever is asked of somebody who is not signed in. */
export function SignInFrame({ practice, title, subtitle, children }: SignInFrameProps) {
  return (
    <div className="safe-x grid min-h-dvh lg:grid-cols-[5fr_6fr]">
      <Welcome practice={practice} />
      <main className="flex flex-col items-center justify-center px-5 py-10 sm:px-10">
        <div className="w-full max-w-sm">
          <div className="mb-8 flex items-center gap-3 lg:hidden">
            <Mark className="size-9" />
            <span className="font-bold tracking-tight">{practice}</span>
          </div>
          <h1
            dir="auto"
            className="text-2xl font-bold tracking-tight wrap-anywhere sm:text-[1.75rem]"
          >
            {title}
          </h1>
          <p className="mt-1 mb-7 min-h-lh text-muted">{subtitle}</p>
          {children}
          <ThemeSelect />
        </div>
      </main>
    </div>
  );
}

function Welcome({ practice }: { practice: string }) {
  return (
    <aside className="relative hidden overflow-hidden bg-brand p-14 text-on-brand lg:flex lg:flex-col lg:justify-between">
      <svg
        aria-hidden
        viewBox="0 0 400 400"
        className="absolute -right-72 -bottom-72 size-176 text-brand-raised/70"
      >
        {[60, 100, 140, 180].map((radius) => (
          <circle
            key={radius}
            cx="200"
            cy="200"
            r={radius}
            fill="none"
            stroke="currentColor"
            strokeWidth="14"
          />
        ))}
        <circle cx="200" cy="200" r="26" fill="currentColor" />
      </svg>
      <div className="relative flex items-center gap-3 text-lg font-bold tracking-tight">
        <Mark className="size-10 rounded-xl ring-1 ring-on-brand/25" />
        {practice}
      </div>
      <div className="relative max-w-md">
        <p className="text-4xl leading-tight font-bold tracking-tight text-balance">
          {t("signIn.promiseTitle")}
        </p>
        <p className="mt-5 text-lg text-on-brand-muted">{t("signIn.promiseText")}</p>
      </div>
      <p className="relative text-sm text-on-brand-muted">{t("signIn.languageNote")}</p>
    </aside>
  );
}
