import { WifiOff } from "lucide-react";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Spinner } from "../../shared/ui/Spinner";

/** The server is reached and media are not: only the user can do something about that. */
export function Blocked({ port, onRetry }: { port: number | null; onRetry: () => void }) {
  return (
    <div className="absolute inset-0 z-10 grid place-items-center overflow-y-auto bg-stage-surface p-6 text-stage-strong short:p-3">
      <div className="max-w-md">
        <WifiOff aria-hidden className="size-9 text-stage-warning short:hidden" />
        <h2 className="mt-4 text-xl font-semibold short:mt-0">{t("call.blocked.title")}</h2>
        <p className="mt-2 text-stage-ink">{t("call.blocked.text")}</p>
        <ul className="mt-3 list-disc space-y-1.5 pl-5 text-stage-ink">
          <li>{t("call.blocked.otherNetwork")}</li>
          <li>{t("call.blocked.vpn")}</li>
          <li>
            {port === null
              ? t("call.blocked.administrator")
              : t("call.blocked.administratorPort", { port: String(port) })}
          </li>
        </ul>
        <Button className="mt-5" onPress={onRetry}>
          {t("call.blocked.retry")}
        </Button>
      </div>
    </div>
  );
}

/** Over everything: what keeps picture and sound away for now. */
export function Overlay({ title, text }: { title: string; text: string }) {
  return (
    <div className="absolute inset-0 z-10 grid place-items-center bg-stage/65 p-6 text-center text-stage-strong backdrop-blur-md">
      <div>
        <Spinner className="mx-auto size-8" />
        <p className="mt-4 text-xl font-semibold">{title}</p>
        <p className="mt-1 text-balance text-stage-ink">{text}</p>
      </div>
    </div>
  );
}
