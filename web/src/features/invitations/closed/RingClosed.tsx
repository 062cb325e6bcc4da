import { useEffect, useState } from "react";
import { ApiError } from "../../../shared/api/client";
import { words } from "../../../shared/api/refusals";
import { t } from "../../../shared/i18n";
import { Notice } from "../../../shared/ui/Notice";
import { Switch } from "../../../shared/ui/Switch";
import { useSettings } from "../../identity";
import { hang, inability, isHung, silence, takeDown } from "./bell";

/** Whether this device rings while the page is closed. Nothing, where the server pushes nothing. */
export function RingClosed() {
  const key = useSettings()?.push_key ?? null;
  return key === null || inability() === "nowhere" ? null : <Rings pushKey={key} />;
}

function Rings({ pushKey }: { pushKey: string }) {
  const [why, setWhy] = useState(inability);
  const [rings, setRings] = useState(false);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    isHung(pushKey).then(setRings, () => setRings(false));
    void silence();
  }, [pushKey]);
  const change = (wanted: boolean) => {
    setPending(true);
    setProblem(null);
    (wanted ? hang(pushKey) : takeDown())
      .then(
        () => setRings(wanted),
        (error: unknown) => {
          setWhy(inability());
          setProblem(error instanceof ApiError ? words(error) : t("rings.failed"));
        },
      )
      .finally(() => setPending(false));
  };
  return (
    <div className="border-t border-line px-6 py-4 sm:px-8">
      {why === null ? (
        <Switch
          label={t("rings.closed")}
          description={t("rings.closedText")}
          isSelected={rings}
          isDisabled={pending}
          onChange={change}
        />
      ) : (
        <p className="text-[0.9375rem] text-muted">
          {t(why === "blocked" ? "rings.blocked" : "rings.notInstalled")}
        </p>
      )}
      {why === null && problem !== null && (
        <Notice tone="bad" className="mt-3">
          {problem}
        </Notice>
      )}
    </div>
  );
}
