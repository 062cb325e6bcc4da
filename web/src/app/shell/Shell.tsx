import type { ReactNode } from "react";
import { useIdentity, useSettings } from "../../features/identity";
import { AccessAlerts, AccessProvider } from "../../features/recordings";
import { t } from "../../shared/i18n";
import { Mark } from "../../shared/ui/Mark";
import { Name } from "../../shared/ui/Name";
import { ConnectionStatus } from "./ConnectionStatus";
import { EmergencyAlerts } from "./EmergencyAlerts";
import { Navigation } from "./Navigation";
import { UserMenu } from "./UserMenu";

/** What is around every page but the call: the practice's name, where one can go, who one is. */
export function Shell({ children }: { children?: ReactNode }) {
  const { practice_name } = useSettings();
  const { role } = useIdentity();
  return (
    <AccessProvider>
      <div className="safe-x flex min-h-dvh flex-col">
        <a
          href="#content"
          className="sr-only z-30 rounded-control bg-accent px-4 py-2 font-semibold text-on-accent focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
        >
          {t("common.skipToContent")}
        </a>
        <header className="sticky top-0 z-20 border-b border-line bg-surface/95 backdrop-blur">
          <div className="mx-auto flex h-16 max-w-6xl items-center gap-3 px-4 sm:gap-6 sm:px-8">
            <div className="flex min-w-0 items-center gap-2.5">
              <Mark className="size-8 shrink-0" />
              <Name className="font-bold tracking-tight">{practice_name}</Name>
            </div>
            <Navigation role={role} className="hidden sm:block" />
            <div className="ml-auto flex shrink-0 items-center gap-1 sm:gap-4">
              <ConnectionStatus />
              <UserMenu />
            </div>
          </div>
          <Navigation role={role} className="overflow-x-auto border-t border-line px-4 sm:hidden" />
        </header>
        <EmergencyAlerts />
        <AccessAlerts />
        {children}
      </div>
    </AccessProvider>
  );
}
