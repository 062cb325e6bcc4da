import { Volume2 } from "lucide-react";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { Button } from "react-aria-components";
import { t } from "../../shared/i18n";

interface Gate {
  /** The browser plays this one without its sound. */
  blocked: (element: HTMLMediaElement) => void;
  /** It is gone, or is heard. */
  open: (element: HTMLMediaElement) => void;
}

const GateContext = createContext<Gate>({ blocked: () => undefined, open: () => undefined });

export function useSoundGate(): Gate {
  return useContext(GateContext);
}

/**
 * A browser that plays no sound before a press gets one button for all that is to be heard within;
 * the pictures go on meanwhile.
 */
export function SoundGate({ children }: { children: ReactNode }) {
  const [silent, setSilent] = useState<ReadonlySet<HTMLMediaElement>>(new Set());
  const open = useCallback(
    (element: HTMLMediaElement) =>
      setSilent((all) =>
        all.has(element) ? new Set([...all].filter((each) => each !== element)) : all,
      ),
    [],
  );
  const gate = useMemo(
    () => ({
      blocked: (element: HTMLMediaElement) => setSilent((all) => new Set([...all, element])),
      open,
    }),
    [open],
  );
  const press = () => {
    for (const element of silent) {
      element.muted = false;
      void element.play().then(
        () => open(element),
        () => undefined,
      );
    }
  };
  return (
    <GateContext value={gate}>
      {children}
      {silent.size > 0 && (
        <div className="absolute inset-0 z-20 grid place-items-center bg-stage/70 p-6 text-center">
          <div>
            <Button
              onPress={press}
              className="inline-flex min-h-14 max-w-full wrap-anywhere cursor-pointer items-center gap-3 rounded-full bg-accent px-7 text-lg font-semibold text-on-accent data-hovered:bg-accent-hover"
            >
              <Volume2 aria-hidden className="size-6" />
              {t("call.sound.turnOn")}
            </Button>
            <p role="alert" className="mt-3 text-sm text-stage-ink">
              {t("call.sound.blocked")}
            </p>
          </div>
        </div>
      )}
    </GateContext>
  );
}
