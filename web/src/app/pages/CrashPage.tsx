import { useEffect } from "react";
import { t } from "../../shared/i18n/start";
import { Button } from "../../shared/ui/Button";
import { Mark } from "../../shared/ui/Mark";

/** A bug of ours stopped a page. It stands outside the providers, so it uses none of them. */
export function CrashPage({ error }: { error: unknown }) {
  // biome-ignore lint/suspicious/noConsole: the one place where a bug is told to who debugs it
  useEffect(() => console.error(error), [error]);
  return (
    <main className="flex min-h-[70dvh] flex-col items-center justify-center px-6 py-16 text-center">
      <Mark className="mb-6 size-12" />
      <h1 className="text-2xl font-bold tracking-tight">{t("errors.crashTitle")}</h1>
      <p className="mt-2 mb-7 max-w-md text-muted">{t("errors.crashText")}</p>
      <Button onPress={() => location.reload()}>{t("errors.reload")}</Button>
    </main>
  );
}
