import { useEffect } from "react";
import { t } from "../i18n";
import { useSession } from "../session/session";
import { setPageTitle } from "./title";

/** Names the browser window after the page and the practice. */
export function usePageTitle(title: string): void {
  const practice = useSession().settings?.practice_name ?? t("common.appName");
  useEffect(() => setPageTitle(`${title} · ${practice}`), [title, practice]);
}
