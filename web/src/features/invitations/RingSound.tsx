import { BellOff, BellRing } from "lucide-react";
import { useEffect, useState } from "react";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { canRing, ringOnce } from "./ring";

/**
 * Whether the page will be heard when it rings: browsers keep a page silent until it has been
 * touched once.
 */
export function RingSound() {
  const [allowed, setAllowed] = useState(canRing);
  useEffect(() => {
    if (allowed) return;
    // After the browser has counted the press as one that allows sound.
    const touched = () => setTimeout(() => setAllowed(canRing()));
    addEventListener("pointerup", touched);
    addEventListener("keyup", touched);
    return () => {
      removeEventListener("pointerup", touched);
      removeEventListener("keyup", touched);
    };
  }, [allowed]);
  const Icon = allowed ? BellRing : BellOff;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line bg-page/60 px-6 py-3 sm:px-8">
      <p role="status" className="flex items-center gap-2 text-[0.9375rem] text-muted">
        <Icon aria-hidden className={allowed ? "size-5 text-accent-ink" : "size-5 text-warning"} />
        {t(allowed ? "patient.soundOn" : "patient.soundOff")}
      </p>
      <Button
        variant={allowed ? "quiet" : "secondary"}
        size="small"
        onPress={() => {
          ringOnce();
          setAllowed(true);
        }}
      >
        {t(allowed ? "patient.soundTest" : "patient.soundEnable")}
      </Button>
    </div>
  );
}
