import { ChevronDown, SlidersHorizontal } from "lucide-react";
import { Suspense, useState } from "react";
import { Button } from "react-aria-components";
import { type MessageKey, t } from "../../shared/i18n";
import { CrashBoundary } from "../../shared/ui/CrashBoundary";
import { classes } from "../../shared/ui/classes";
import { onDemand } from "../../shared/ui/onDemand";
import { Spinner } from "../../shared/ui/Spinner";
import { type Preferences, readPreferences } from "../call";

// A call that rings is answered without it: whoever does not look into it does not wait for it.
const CheckIn = onDemand(async () => (await import("./CheckIn")).CheckIn);

/** The check-in within a dialog: folded, and telling how the call would begin. */
export function CheckInSection({ className }: { className?: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className={classes("rounded-control ring-1 ring-line ring-inset", className)}>
      <Button
        aria-expanded={isOpen}
        onPress={() => setOpen(!isOpen)}
        className="flex min-h-11 w-full cursor-pointer items-center gap-3 rounded-control px-3 py-2 text-start data-hovered:bg-subtle"
      >
        <SlidersHorizontal aria-hidden className="size-5 shrink-0 text-muted" />
        <span className="min-w-0 flex-1">
          <span className="block font-semibold">{t("checkin.open")}</span>
          {!isOpen && (
            <span className="block text-sm text-muted">{t(beginning(readPreferences()))}</span>
          )}
        </span>
        <ChevronDown
          aria-hidden
          className={classes("size-5 shrink-0 text-muted", isOpen && "rotate-180")}
        />
      </Button>
      {isOpen && (
        <div className="p-3 pt-2">
          <CrashBoundary place="check-in" crashed={() => <p>{t("errors.loadTitle")}</p>}>
            <Suspense fallback={<Spinner className="mx-auto size-6" />}>
              <CheckIn />
            </Suspense>
          </CrashBoundary>
        </div>
      )}
    </div>
  );
}

function beginning({ withMicrophone, withCamera }: Preferences): MessageKey {
  if (withMicrophone) return withCamera ? "checkin.begin.both" : "checkin.begin.microphone";
  return withCamera ? "checkin.begin.camera" : "checkin.begin.neither";
}
